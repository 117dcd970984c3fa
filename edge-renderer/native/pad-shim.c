// Gives a program's SDL2 gamepads where the host has no uinput, and none of the host's own where it has. Preloaded
// (LD_PRELOAD), it shows $KILAT_PADS as /dev/input. A node event<N> there that is a Unix socket plays the evdev device
// of an Xbox 360 controller: what is read from it are input events; what is written to it are plays of force feedback
// (EV_FF). Uploads of effects travel as records of their own, see FF_UPLOAD.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

// Types of records that evdev does not have (EV_MAX is 0x1f). UPLOAD: code is the effect's id, value is the strong motor
// << 16 | the weak one (0…65535 each), time is its length in ms. ERASE: code is the id.
enum { FF_UPLOAD = 0x100, FF_ERASE = 0x101 };
enum { EFFECTS = 16, MOST_FILES = 65536 };

static const char DEV_INPUT[] = "/dev/input";
static unsigned char pads[MOST_FILES];   // file descriptors that are ours
static unsigned short used[MOST_FILES];  // their effects, one bit each

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

// The path that stands for one under /dev/input; the path itself for every other.
static const char *redirected(const char *path, char *place) {
  const char *folder = getenv("KILAT_PADS");
  size_t length = sizeof DEV_INPUT - 1;
  if (!folder || !path || strncmp(path, DEV_INPUT, length) != 0 || (path[length] && path[length] != '/')) return path;
  snprintf(place, PATH_MAX, "%s%s", folder, path + length);
  return place;
}

static int connect_pad(const char *path, int flags) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | (flags & O_CLOEXEC ? SOCK_CLOEXEC : 0), 0);
  if (fd < 0) return -1;
  if (fd >= MOST_FILES || connect(fd, (struct sockaddr *)&address, sizeof address)) {
    close(fd);
    return errno = ENODEV, -1;
  }
  if (flags & O_NONBLOCK) fcntl(fd, F_SETFL, O_NONBLOCK);
  pads[fd] = 1;
  used[fd] = 0;
  return fd;
}

// Opens a pad; -2 when the path is none, and `place` then is what is to be opened.
static int open_pad(const char **path, char *place, int flags) {
  struct stat found;
  const char *asked = *path;
  *path = redirected(asked, place);
  if (*path == asked || fstatat(AT_FDCWD, *path, &found, 0) || !S_ISSOCK(found.st_mode)) return -2;
  return connect_pad(*path, flags);
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0; \
    va_end(rest); \
    char place[PATH_MAX]; \
    int fd = open_pad(&path, place, flags); \
    return fd == -2 ? real(path, flags, mode) : fd; \
  }
OPEN(open)
OPEN(open64)

// What programs built with _FORTIFY_SOURCE call.
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < MOST_FILES) pads[fd] = 0;
  return real(fd);
}

// A title may shake a pad that was just unplugged: that must fail, not kill it (SIGPIPE).
ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(write);
  if (fd < 0 || fd >= MOST_FILES || !pads[fd]) return real(fd, bytes, count);
  ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
  return sent < 0 && errno == EPIPE ? (errno = ENODEV, -1) : sent;
}

// SDL tells devices apart by their number, and a socket has none: a pad gets that of the character device it plays.
#define DEVICE(status, path) \
  if (S_ISSOCK((status)->st_mode)) { \
    const char *digit = path + strlen(path); \
    while (digit > path && digit[-1] >= '0' && digit[-1] <= '9') digit--; \
    (status)->st_mode = S_IFCHR | 0660; \
    (status)->st_rdev = makedev(13, 64 + atoi(digit)); \
  }
#define STAT(name, status_type) \
  int name(const char *path, status_type *status) { \
    REAL(name); \
    char place[PATH_MAX]; \
    const char *there = redirected(path, place); \
    int result = real(there, status); \
    if (result == 0 && there != path) DEVICE(status, path) \
    return result; \
  }
#define OLD_STAT(name, status_type) \
  int name(int version, const char *path, status_type *status); \
  int name(int version, const char *path, status_type *status) { \
    REAL(name); \
    char place[PATH_MAX]; \
    const char *there = redirected(path, place); \
    int result = real(version, there, status); \
    if (result == 0 && there != path) DEVICE(status, path) \
    return result; \
  }
STAT(stat, struct stat)
STAT(stat64, struct stat64)
OLD_STAT(__xstat, struct stat)  // before glibc 2.33
OLD_STAT(__xstat64, struct stat64)

#define SCANDIR(name, entry) \
  int name(const char *path, struct entry ***list, int (*filter)(const struct entry *), \
           int (*compare)(const struct entry **, const struct entry **)) { \
    REAL(name); \
    char place[PATH_MAX]; \
    return real(redirected(path, place), list, filter, compare); \
  }
SCANDIR(scandir, dirent)
SCANDIR(scandir64, dirent64)

DIR *opendir(const char *path) {
  REAL(opendir);
  char place[PATH_MAX];
  return real(redirected(path, place));
}

int inotify_add_watch(int fd, const char *path, uint32_t mask) {
  REAL(inotify_add_watch);
  char place[PATH_MAX];
  return real(fd, redirected(path, place), mask);
}

static int send_record(int fd, long length_ms, int type, int code, unsigned value) {
  struct input_event record = {.type = type, .code = code, .value = (int)value};
  record.input_event_sec = length_ms;
  return send(fd, &record, sizeof record, MSG_NOSIGNAL) == sizeof record ? 0 : (errno = ENODEV, -1);
}

static int upload(int fd, struct ff_effect *effect) {
  if (effect->type != FF_RUMBLE) return errno = EINVAL, -1;
  if (effect->id < 0)
    for (effect->id = 0; effect->id < EFFECTS && used[fd] & 1 << effect->id;) effect->id++;
  if (effect->id >= EFFECTS) return errno = ENOSPC, -1;
  used[fd] |= 1 << effect->id;
  unsigned motors = (unsigned)effect->u.rumble.strong_magnitude << 16 | effect->u.rumble.weak_magnitude;
  return send_record(fd, effect->replay.length, FF_UPLOAD, effect->id, motors);
}

static int bits(unsigned char *to, int size, const short *codes, int count) {
  memset(to, 0, size);
  for (int i = 0; i < count; i++)
    if (codes[i] / 8 < size) to[codes[i] / 8] |= 1 << codes[i] % 8;
  return size;
}
#define BITS(...) bits(to, size, (const short[]){__VA_ARGS__}, sizeof((short[]){__VA_ARGS__}) / sizeof(short))

// What the kernel's xpad driver says of an Xbox 360 controller.
static int answer(int fd, unsigned number, int size, void *to) {
  static const char name[] = "Microsoft X-Box 360 pad";
  if (number == _IOC_NR(EVIOCGVERSION)) return *(int *)to = EV_VERSION, 0;
  if (number == _IOC_NR(EVIOCGID)) return *(struct input_id *)to = (struct input_id){3, 0x045e, 0x028e, 0x0110}, 0;
  if (number == _IOC_NR(EVIOCGNAME(0))) return strncpy(to, name, size), (int)sizeof name;
  if (number == _IOC_NR(EVIOCGBIT(0, 0))) return BITS(EV_SYN, EV_KEY, EV_ABS, EV_FF);
  if (number == _IOC_NR(EVIOCGBIT(EV_KEY, 0)))
    return BITS(BTN_A, BTN_B, BTN_X, BTN_Y, BTN_TL, BTN_TR, BTN_SELECT, BTN_START, BTN_MODE, BTN_THUMBL, BTN_THUMBR);
  if (number == _IOC_NR(EVIOCGBIT(EV_ABS, 0)))
    return BITS(ABS_X, ABS_Y, ABS_Z, ABS_RX, ABS_RY, ABS_RZ, ABS_HAT0X, ABS_HAT0Y);
  if (number == _IOC_NR(EVIOCGBIT(EV_FF, 0))) return BITS(FF_RUMBLE);
  if (number >= _IOC_NR(EVIOCGABS(0)) && number < _IOC_NR(EVIOCGABS(ABS_CNT))) {
    int axis = number - _IOC_NR(EVIOCGABS(0));
    struct input_absinfo *range = to;
    *range = (struct input_absinfo){.minimum = -32768, .maximum = 32767, .fuzz = 16, .flat = 128};
    if (axis == ABS_Z || axis == ABS_RZ) *range = (struct input_absinfo){.maximum = 255};
    if (axis == ABS_HAT0X || axis == ABS_HAT0Y) *range = (struct input_absinfo){.minimum = -1, .maximum = 1};
    return 0;
  }
  if (number == _IOC_NR(EVIOCSFF)) return upload(fd, to);
  if (number == _IOC_NR(EVIOCRMFF)) {
    used[fd] &= ~(1 << ((long)to & (EFFECTS - 1)));
    return send_record(fd, 0, FF_ERASE, (int)(long)to, 0);
  }
  if (number == _IOC_NR(EVIOCGEFFECTS)) return *(int *)to = EFFECTS, 0;
  if (number == _IOC_NR(EVIOCGRAB)) return 0;
  // Every other question about bits, properties and what is held: none.
  if (number >= _IOC_NR(EVIOCGPROP(0)) && number < _IOC_NR(EVIOCGABS(0))) return memset(to, 0, size), size;
  return errno = EINVAL, -1;
}

int ioctl(int fd, unsigned long request, ...) {
  REAL(ioctl);
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (fd < 0 || fd >= MOST_FILES || !pads[fd] || _IOC_TYPE(request) != 'E') return real(fd, request, argument);
  return answer(fd, _IOC_NR(request), _IOC_SIZE(request), argument);
}
