import type { Page } from 'playwright-core';
import type { ProcessTimes } from '../measure/processor-time.ts';

export const PRODUCTS = ['kilat', 'novnc'] as const;
export type ProductName = (typeof PRODUCTS)[number];

export const VARIANTS = ['still', 'moving'] as const;
/** `still`: nothing but the probe's code changes. `moving`: a full-screen background moves at 60 frames a second. */
export type Variant = (typeof VARIANTS)[number];

/** A product under measurement: something that shows the probe title in a page and takes keys there. */
export interface Product {
  readonly name: ProductName;
  /** Opens a page that shows the probe, ready to be measured. */
  open(variant: Variant): Promise<OpenProduct>;
}

export interface OpenProduct {
  readonly page: Page;
  /** Stops the probe while another product is measured, so that they do not share the processor. */
  pause(): void;
  resume(): void;
  /** Processor time so far of what the product runs on the server, without the title. */
  processorTime(): ProcessTimes;
  close(): Promise<void>;
}
