/** The door of the page: builds the app and shows it; under /admin, what the operator's server has spent. */
import { createApp } from './app';
import './ui/chat-page';

if (location.pathname.endsWith('/admin')) void showAdmin();
else showChat();

function showChat(): void {
  const page = document.createElement('chat-page');
  page.app = createApp({ baseUrl: new URL('./', document.baseURI) });
  document.body.replaceChildren(page);
}

async function showAdmin(): Promise<void> {
  await import('./ui/admin-page');
  document.body.replaceChildren(document.createElement('admin-page'));
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-page': import('./ui/chat-page').ChatPage;
    'admin-page': import('./ui/admin-page').AdminPage;
  }
}
