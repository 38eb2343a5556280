/** Milliseconds that the network has for a hover before what is known locally is shown. */
export const hoverLimit = 3000;

/** Milliseconds that it has for a completion list before the list is called incomplete. */
export const completionLimit = 1500;
