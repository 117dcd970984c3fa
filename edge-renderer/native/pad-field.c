// An SDL2 program for tests of gamepads: says on standard output what SDL tells of them, and with --window draws it: a
// row above a black line for each pad in the order they came, with a square where the left stick is, white while the
// south button is held. South shakes the pad for 300 ms, east stops it. Built against SDL2's library alone, so SDL's ABI
// is spelled out here.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct { int x, y, w, h; } SDL_Rect;
typedef union {
  uint32_t type;
  struct { uint32_t type, timestamp; int32_t which; uint8_t axis, padding[3]; int16_t value; } axis;
  struct { uint32_t type, timestamp; int32_t which; uint8_t button, state; } button;
  uint8_t padding[128];
} SDL_Event;
enum { VIDEO = 0x20, HAPTIC = 0x1000, GAMECONTROLLER = 0x2000 };
enum { QUIT = 0x100, AXIS = 0x650, BUTTON_DOWN, BUTTON_UP, ADDED, REMOVED };
int SDL_Init(uint32_t);
const char *SDL_GetError(void);
int SDL_WaitEventTimeout(SDL_Event *, int);
void *SDL_GameControllerOpen(int);
void *SDL_GameControllerFromInstanceID(int32_t);
void SDL_GameControllerClose(void *);
void *SDL_GameControllerGetJoystick(void *);
int32_t SDL_JoystickInstanceID(void *);
const char *SDL_GameControllerName(void *);
int16_t SDL_GameControllerGetAxis(void *, int);
uint8_t SDL_GameControllerGetButton(void *, int);
int SDL_GameControllerRumble(void *, uint16_t, uint16_t, uint32_t);
void *SDL_CreateWindow(const char *, int, int, int, int, uint32_t);
void *SDL_GetWindowSurface(void *);
int SDL_FillRect(void *, const SDL_Rect *, uint32_t);
int SDL_UpdateWindowSurface(void *);

enum { WIDTH = 1280, HEIGHT = 720, SIDE = 120, MOST = 4, BUTTONS = 15, AXES = 6 };

static long long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

// What is held already when a pad is opened: SDL may take that in before it knows the pad as a game controller, and then
// tells no event of it; games find it by asking.
static void tell_held(void *pad, int which) {
  for (int button = 0; button < BUTTONS; button++)
    if (SDL_GameControllerGetButton(pad, button)) printf("button %d %d 1 %lld\n", which, button, now_us());
  for (int axis = 0; axis < AXES; axis++)
    if (SDL_GameControllerGetAxis(pad, axis))
      printf("axis %d %d %d %lld\n", which, axis, SDL_GameControllerGetAxis(pad, axis), now_us());
}

static void draw(void *window, void **pads) {
  void *surface = SDL_GetWindowSurface(window);
  SDL_FillRect(surface, NULL, 0x203040);
  for (int place = 0; place < MOST; place++) {
    SDL_Rect line = {0, (place + 1) * HEIGHT / MOST - 8, WIDTH, 8};
    SDL_FillRect(surface, &line, 0);
    if (!pads[place]) continue;
    int x = (SDL_GameControllerGetAxis(pads[place], 0) + 32768) * (WIDTH - SIDE) / 65535;
    SDL_Rect square = {x, place * HEIGHT / MOST + (HEIGHT / MOST - SIDE) / 2, SIDE, SIDE};
    SDL_FillRect(surface, &square, SDL_GameControllerGetButton(pads[place], 0) ? 0xffffff : 0x808080);
  }
  SDL_UpdateWindowSurface(window);
}

int main(int count, char **arguments) {
  int windowed = count > 1 && strcmp(arguments[1], "--window") == 0;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (SDL_Init(GAMECONTROLLER | HAPTIC | (windowed ? VIDEO : 0))) return fprintf(stderr, "%s\n", SDL_GetError()), 1;
  void *window = windowed ? SDL_CreateWindow("Pad field", 0, 0, WIDTH, HEIGHT, 0) : NULL;
  void *pads[MOST] = {0};
  printf("ready\n");
  if (window) draw(window, pads);
  for (SDL_Event event;;) {
    if (!SDL_WaitEventTimeout(&event, 1000)) continue;
    switch (event.type) {
      case QUIT:
        return 0;
      case ADDED: {
        void *pad = SDL_GameControllerOpen(event.button.which);
        if (!pad) break;
        int place = 0;
        while (place < MOST - 1 && pads[place]) place++;
        pads[place] = pad;
        int which = SDL_JoystickInstanceID(SDL_GameControllerGetJoystick(pad));
        printf("added %d %s\n", which, SDL_GameControllerName(pad));
        tell_held(pad, which);
        break;
      }
      case REMOVED:
        for (int place = 0; place < MOST; place++) {
          if (!pads[place] || pads[place] != SDL_GameControllerFromInstanceID(event.button.which)) continue;
          SDL_GameControllerClose(pads[place]);
          pads[place] = NULL;
        }
        printf("removed %d\n", event.button.which);
        break;
      case AXIS:
        printf("axis %d %d %d %lld\n", event.axis.which, event.axis.axis, event.axis.value, now_us());
        break;
      case BUTTON_DOWN:
      case BUTTON_UP: {
        void *pad = SDL_GameControllerFromInstanceID(event.button.which);
        printf("button %d %d %d %lld\n", event.button.which, event.button.button, event.button.state, now_us());
        if (event.type == BUTTON_DOWN && event.button.button < 2)
          SDL_GameControllerRumble(pad, event.button.button ? 0 : 0xffff, event.button.button ? 0 : 0x4000, 300);
        break;
      }
    }
    if (window) draw(window, pads);
  }
}
