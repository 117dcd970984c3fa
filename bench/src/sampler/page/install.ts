import { PageSampler } from './sampler.ts';

declare global {
  /** Set before this script: CSS selector of the element in which the product shows its picture. */
  var kilatBenchSelector: string;
  var kilatBench: PageSampler;
}

globalThis.kilatBench = new PageSampler(globalThis.kilatBenchSelector);
