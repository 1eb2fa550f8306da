/** The door of other people's pages: defines `<smallfirst-chat>`, which fetches the rest when it is opened. */
import { defineSmallfirstChat } from './ui/smallfirst-chat';

const here = import.meta.url;
/** Of all files of ours, wherever they were put. */
const baseUrl = new URL('./', here);

defineSmallfirstChat(async (visit) => (await import('./app/page-apps')).openPageApp({ baseUrl, ...visit }));
