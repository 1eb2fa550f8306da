/** Work in the background, which the smallest model does: a system message of that name asks for it. */
export const TASKS = ['title', 'sentiment'] as const;
export type Task = (typeof TASKS)[number];
