// An SDL2 program for tests of the frames' pace: opens OpenGL as games do, through SDL, draws as many frames as its argument
// says, and tells on standard output how long that took, µs. Built against SDL2's library alone, so SDL's ABI is spelled out
// here.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { VIDEO = 0x20, OPENGL_WINDOW = 0x2 };
int SDL_Init(uint32_t);
const char *SDL_GetError(void);
void *SDL_CreateWindow(const char *, int, int, int, int, uint32_t);
void *SDL_GL_CreateContext(void *);
void SDL_GL_SwapWindow(void *);

static long long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int count, char **arguments) {
  int frames = count > 1 ? atoi(arguments[1]) : 1;
  void *window = SDL_Init(VIDEO) ? NULL : SDL_CreateWindow("gl", 0, 0, 64, 64, OPENGL_WINDOW);
  if (!window || !SDL_GL_CreateContext(window)) return fprintf(stderr, "%s\n", SDL_GetError()), 1;
  SDL_GL_SwapWindow(window);
  long long began = now_us();
  for (int frame = 0; frame < frames; frame++) SDL_GL_SwapWindow(window);
  printf("%lld\n", now_us() - began);
}
