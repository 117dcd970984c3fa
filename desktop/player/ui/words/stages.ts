import type { LatencyStage } from '@kilat/shared/latency/stages';
import type { LaunchStage } from '../../play/model.ts';

/** One line while starting: what is being waited for. */
export function stageWords(stage: LaunchStage, name: string): string {
  switch (stage) {
    case 'asking':
      return 'Finding a machine near you';
    case 'reserved':
      return 'Taking a seat';
    case 'display':
      return 'Setting up a display';
    case 'sound':
      return 'Switching the sound on';
    case 'title':
      return `Starting ${name}`;
    case 'drawn':
      return `${name} is loading`;
    case 'streaming':
      return 'Starting the picture';
    case 'connecting':
      return 'Connecting to the machine';
    case 'first-frame':
      return 'Waiting for the first picture';
  }
}

/** What a launch stage is called in the summary's split. */
export function stageDoneWords(stage: LaunchStage): string {
  switch (stage) {
    case 'asking':
      return 'Asked';
    case 'reserved':
      return 'Seat taken';
    case 'display':
      return 'Display ready';
    case 'sound':
      return 'Sound ready';
    case 'title':
      return 'Game started';
    case 'drawn':
      return 'Game has drawn';
    case 'streaming':
      return 'Picture sent';
    case 'connecting':
      return 'Connected';
    case 'first-frame':
      return 'First picture shown';
  }
}

/** What a stage of the latency is called. */
export function latencyStageWords(stage: LatencyStage): string {
  switch (stage) {
    case 'input':
      return 'Input travels';
    case 'inject':
      return 'Key is pressed';
    case 'title':
      return 'Game answers';
    case 'capture':
      return 'Capture';
    case 'encode':
      return 'Encode';
    case 'network':
      return 'Picture travels';
    case 'jitter':
      return 'Jitter buffer';
    case 'decode':
      return 'Decode';
    case 'present':
      return 'Onto the screen';
  }
}

/** What the latency figure measures in this title. */
export function measureWords(measure: 'photon' | 'next-frame'): string {
  switch (measure) {
    case 'photon':
      return 'input → photon';
    case 'next-frame':
      return 'input → next frame';
  }
}

/** The same in one sentence. */
export function measureMeaning(measure: 'photon' | 'next-frame'): string {
  switch (measure) {
    case 'photon':
      return 'From your press to the frame that shows it, on your screen.';
    case 'next-frame':
      return 'From your press to the next frame of the game on your screen. The game itself may answer a frame later.';
  }
}
