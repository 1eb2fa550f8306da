/** The fake upstream's own books: every request, what it billed for it, and when its client left. */
import { promptTokensOf, type FakeRequest } from './fake-answer';

export interface FakeBook {
  readonly model: string;
  readonly isStream: boolean;
  readonly atMs: number;
  /** Of the response; 0 as long as there is none. */
  status: number;
  /** What is billed: the prompt once it is accepted, and every token that was sent. */
  promptTokens: number;
  completionTokens: number;
  end: 'open' | 'done' | 'failed' | 'left';
  /** When the client closed the connection before the end. */
  leftAtMs?: number;
  /** What was asked; kept for the latest requests only. */
  request?: FakeRequest;
}

const REQUESTS_KEPT = 200;

export function createBooks() {
  const books: FakeBook[] = [];
  return {
    books: (): readonly FakeBook[] => books,
    openStreams: () => books.reduce((open, { end }) => open + (end === 'open' ? 1 : 0), 0),
    open(request: FakeRequest): FakeBook {
      const book: FakeBook = {
        model: request.model,
        isStream: request.stream === true,
        atMs: Date.now(),
        status: 0,
        promptTokens: 0,
        completionTokens: 0,
        end: 'open',
        request,
      };
      books.push(book);
      const old = books[books.length - 1 - REQUESTS_KEPT];
      if (old) delete old.request;
      return book;
    },
    /** From here on the prompt is billed, whatever comes. */
    accept(book: FakeBook, request: FakeRequest): void {
      book.promptTokens = promptTokensOf(request.messages);
    },
    close(book: FakeBook, end: 'done' | 'failed' | 'left'): void {
      if (book.end !== 'open') return;
      book.end = end;
      if (end === 'left') book.leftAtMs = Date.now();
    },
  };
}
