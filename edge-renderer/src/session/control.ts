import { ControlMessage, MAX_CONTROL_BYTES } from '@kilat/shared/session/channel-messages';

/** A page's control message; undefined when it is too long or makes no sense. */
export function parseControl(text: string): ControlMessage | undefined {
  if (text.length > MAX_CONTROL_BYTES) return undefined;
  try {
    return ControlMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
