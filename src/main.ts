/** The door of the page: builds the app and shows it. */
import { createApp } from './app';
import './ui/chat-page';

const page = document.createElement('chat-page');
page.app = createApp(new URL('./', document.baseURI));
document.body.replaceChildren(page);

declare global {
  interface HTMLElementTagNameMap {
    'chat-page': import('./ui/chat-page').ChatPage;
  }
}
