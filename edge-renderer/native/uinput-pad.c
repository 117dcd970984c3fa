// A gamepad of the kernel's own (uinput), an Xbox 360 controller, for as long as this process lives: its node appears at
// the path given as argument. Standard input: input events to pass on; its end unplugs the pad. Standard output: records
// of the same form: PLUGGED once the node is there, plays of force feedback (EV_FF), and FF_UPLOAD and FF_ERASE as in
// pad-shim.c.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <signal.h>
#include <unistd.h>

enum { FF_UPLOAD = 0x100, FF_ERASE = 0x101, PLUGGED = 0x102, EFFECTS = 16 };

static void check(int result, const char *what) {
  if (result >= 0) return;
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void send_record(long length_ms, int type, int code, unsigned value) {
  struct input_event record = {.type = type, .code = code, .value = (int)value};
  record.input_event_sec = length_ms;
  if (write(STDOUT_FILENO, &record, sizeof record) != sizeof record) exit(0);
}

static void set_axis(int device, int code, int minimum, int maximum, int fuzz, int flat) {
  struct uinput_abs_setup axis = {
      .code = code, .absinfo = {.minimum = minimum, .maximum = maximum, .fuzz = fuzz, .flat = flat}};
  check(ioctl(device, UI_ABS_SETUP, &axis), "UI_ABS_SETUP");
}

static void set_up(int device) {
  static const int keys[] = {BTN_A,      BTN_B,     BTN_X,    BTN_Y,      BTN_TL,    BTN_TR,
                             BTN_SELECT, BTN_START, BTN_MODE, BTN_THUMBL, BTN_THUMBR};
  static const int sticks[] = {ABS_X, ABS_Y, ABS_RX, ABS_RY};
  check(ioctl(device, UI_SET_EVBIT, EV_KEY), "UI_SET_EVBIT");
  check(ioctl(device, UI_SET_EVBIT, EV_ABS), "UI_SET_EVBIT");
  check(ioctl(device, UI_SET_EVBIT, EV_FF), "UI_SET_EVBIT");
  check(ioctl(device, UI_SET_FFBIT, FF_RUMBLE), "UI_SET_FFBIT");
  for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) check(ioctl(device, UI_SET_KEYBIT, keys[i]), "UI_SET_KEYBIT");
  for (unsigned i = 0; i < sizeof sticks / sizeof *sticks; i++) set_axis(device, sticks[i], -32768, 32767, 16, 128);
  set_axis(device, ABS_Z, 0, 255, 0, 0);
  set_axis(device, ABS_RZ, 0, 255, 0, 0);
  set_axis(device, ABS_HAT0X, -1, 1, 0, 0);
  set_axis(device, ABS_HAT0Y, -1, 1, 0, 0);
  struct uinput_setup setup = {.id = {BUS_USB, 0x045e, 0x028e, 0x0110}, .ff_effects_max = EFFECTS};
  strcpy(setup.name, "Microsoft X-Box 360 pad");
  check(ioctl(device, UI_DEV_SETUP, &setup), "UI_DEV_SETUP");
  check(ioctl(device, UI_DEV_CREATE), "UI_DEV_CREATE");
}

// Number of the event device that the kernel made.
static int event_number(int device) {
  char name[64] = "", folder[128];
  check(ioctl(device, UI_GET_SYSNAME(sizeof name), name), "UI_GET_SYSNAME");
  snprintf(folder, sizeof folder, "/sys/devices/virtual/input/%s", name);
  DIR *entries = opendir(folder);
  check(entries ? 0 : -1, folder);
  int number = -1;
  for (struct dirent *entry; number < 0 && (entry = readdir(entries));) sscanf(entry->d_name, "event%d", &number);
  closedir(entries);
  errno = ENODEV;
  check(number, folder);
  return number;
}

// A device node of the title's own where this process may make one that can be opened, else a link to the host's.
static void make_node(const char *path, int number) {
  char place[64], numbers[32] = "";
  snprintf(place, sizeof place, "/sys/class/input/event%d/dev", number);
  FILE *file = fopen(place, "r");
  unsigned major_number, minor_number;
  if (file && fgets(numbers, sizeof numbers, file) && sscanf(numbers, "%u:%u", &major_number, &minor_number) == 2) {
    umask(0);
    if (mknod(path, S_IFCHR | 0666, makedev(major_number, minor_number)) == 0) {
      int opened = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
      if (opened >= 0) {
        close(opened);
        fclose(file);
        return;
      }
      unlink(path);  // its file system allows no devices
    }
  }
  if (file) fclose(file);
  snprintf(place, sizeof place, "/dev/input/event%d", number);
  check(symlink(place, path), path);
}

static void from_kernel(int device) {
  struct input_event event;
  while (read(device, &event, sizeof event) == sizeof event) {
    if (event.type == EV_FF) {
      send_record(0, EV_FF, event.code, event.value);
    } else if (event.type == EV_UINPUT && event.code == UI_FF_UPLOAD) {
      struct uinput_ff_upload request = {.request_id = event.value};
      if (ioctl(device, UI_BEGIN_FF_UPLOAD, &request) < 0) continue;
      struct ff_rumble_effect *motors = &request.effect.u.rumble;
      unsigned value = (unsigned)motors->strong_magnitude << 16 | motors->weak_magnitude;
      send_record(request.effect.replay.length, FF_UPLOAD, request.effect.id, value);
      request.retval = 0;
      ioctl(device, UI_END_FF_UPLOAD, &request);
    } else if (event.type == EV_UINPUT && event.code == UI_FF_ERASE) {
      struct uinput_ff_erase request = {.request_id = event.value};
      if (ioctl(device, UI_BEGIN_FF_ERASE, &request) < 0) continue;
      send_record(0, FF_ERASE, request.effect_id, 0);
      request.retval = 0;
      ioctl(device, UI_END_FF_ERASE, &request);
    }
  }
}

// Passes on the whole events among what came; false at the end of standard input.
static int from_agent(int device) {
  static char bytes[64 * sizeof(struct input_event)];
  static size_t have;
  ssize_t count = read(STDIN_FILENO, bytes + have, sizeof bytes - have);
  if (count <= 0) return 0;
  have += count;
  size_t whole = have - have % sizeof(struct input_event);
  for (size_t at = 0; at < whole; at += sizeof(struct input_event))
    check(write(device, bytes + at, sizeof(struct input_event)), "/dev/uinput");
  memmove(bytes, bytes + whole, have -= whole);
  return 1;
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "Usage: uinput-pad NODE\n"), 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int device = open("/dev/uinput", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  check(device, "/dev/uinput");
  set_up(device);
  int number = event_number(device);
  make_node(arguments[1], number);
  send_record(0, PLUGGED, 0, number);
  struct pollfd sources[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = device, .events = POLLIN}};
  for (;;) {
    if (poll(sources, 2, -1) < 0) continue;
    if (sources[1].revents) from_kernel(device);
    if (sources[0].revents && !from_agent(device)) break;
  }
  ioctl(device, UI_DEV_DESTROY);
  return 0;
}
