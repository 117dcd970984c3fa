/** Whether the player has nothing but fingers: no mouse, and most likely no keyboard. */
export const touchOnly = (): boolean => !matchMedia('(any-pointer: fine)').matches;
