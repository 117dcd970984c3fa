// Keeps a program's OpenGL to the display's frame rate. A display without a screen has no vertical blank that a swap could
// wait for, so that games draw as fast as they can, and take all processors or all of a GPU for pictures nobody sees.
// Preloaded (LD_PRELOAD), it lets a swap return when the next frame is due ($KILAT_PACE_FPS frames a second), after the
// picture has gone out: the program reads its inputs right before it draws with them. Each thread has a pace of its own: one
// that swaps two windows draws each at half the rate. Not held: Vulkan, and swaps that name their damage.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void *(*LookUp)(void *handle, const char *name);
typedef void (*Function)(void);
typedef Function (*GetProcAddress)(const unsigned char *name);
typedef void (*GlxSwap)(void *display, unsigned long drawable);
typedef unsigned (*EglSwap)(void *display, void *surface);

enum { NS = 1000000000 };

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * NS + now.tv_nsec;
}

static void wait_for_turn(void) {
  static __thread long long due;
  const char *fps = getenv("KILAT_PACE_FPS");
  long period = fps && atol(fps) > 0 ? NS / atol(fps) : 0;
  long long now = now_ns();
  due += period;
  // Who was late makes up for it with the next frame, so that a game with a clock of its own loses none; not for more than one.
  if (due < now - period) due = now;
  if (due <= now) return;
  struct timespec until = {.tv_sec = due / NS, .tv_nsec = due % NS};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL)) {
  }
}

// libc's own dlsym, whatever else is preloaded.
static LookUp real_dlsym(void) {
  static LookUp real;
  static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5", "GLIBC_2.4", "GLIBC_2.27"};
  for (size_t i = 0; !real && i < sizeof versions / sizeof *versions; i++)
    real = (LookUp)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
  return real;
}

// What the program would have got, by name: the first that was found. Another library's function of the same name (a program
// may bring an EGL of its own, which uses the system's) is left as it is.
enum Hook { GLX_SWAP, EGL_SWAP, GLX_GET, GLX_GET_ARB, EGL_GET, HOOKS };
static const char *const names[HOOKS] = {"glXSwapBuffers", "eglSwapBuffers", "glXGetProcAddress",
                                         "glXGetProcAddressARB", "eglGetProcAddress"};
static void *found[HOOKS];

static void *real(enum Hook hook) {
  if (!found[hook]) found[hook] = real_dlsym()(RTLD_NEXT, names[hook]);
  return found[hook];
}

void glXSwapBuffers(void *display, unsigned long drawable) {
  GlxSwap swap = (GlxSwap)real(GLX_SWAP);
  if (swap) swap(display, drawable);
  wait_for_turn();
}

unsigned eglSwapBuffers(void *display, void *surface) {
  EglSwap swap = (EglSwap)real(EGL_SWAP);
  unsigned swapped = swap ? swap(display, surface) : 0;
  wait_for_turn();
  return swapped;
}

static Function paced(const unsigned char *name, GetProcAddress get);

Function glXGetProcAddress(const unsigned char *name) { return paced(name, (GetProcAddress)real(GLX_GET)); }
Function glXGetProcAddressARB(const unsigned char *name) { return paced(name, (GetProcAddress)real(GLX_GET_ARB)); }
Function eglGetProcAddress(const unsigned char *name) { return paced(name, (GetProcAddress)real(EGL_GET)); }

static void *const ours[HOOKS] = {(void *)glXSwapBuffers, (void *)eglSwapBuffers, (void *)glXGetProcAddress,
                                  (void *)glXGetProcAddressARB, (void *)eglGetProcAddress};

// Our function in the place of the one that was found, if we stand before that one.
static void *in_place_of(enum Hook hook, void *function) {
  if (!function) return NULL;
  if (function == ours[hook]) return real(hook) ? ours[hook] : NULL;
  if (!found[hook]) found[hook] = function;
  return function == found[hook] ? ours[hook] : function;
}

static Function paced(const unsigned char *name, GetProcAddress get) {
  Function function = get ? get(name) : NULL;
  for (int hook = GLX_SWAP; function && hook <= EGL_SWAP; hook++)
    if (strcmp((const char *)name, names[hook]) == 0) return (Function)in_place_of(hook, (void *)function);
  return function;
}

// Games and SDL load libGL themselves and ask for its functions by name. For all else libc's dlsym is jumped to, not called:
// RTLD_NEXT counts from whoever called.
void *dlsym(void *handle, const char *name) {
  if (handle != RTLD_NEXT && (name[0] == 'g' || name[0] == 'e'))
    for (int hook = 0; hook < HOOKS; hook++)
      if (strcmp(name, names[hook]) == 0) return in_place_of(hook, real_dlsym()(handle, name));
  return real_dlsym()(handle, name);
}
