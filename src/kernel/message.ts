/** The message of a chat, as models and the wire know it. */

export type Role = 'system' | 'user' | 'assistant';

/** One message of a prompt. `content` is plain text (an assistant's may hold Markdown). */
export interface Message {
  readonly role: Role;
  readonly content: string;
}
