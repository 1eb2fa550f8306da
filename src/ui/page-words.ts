/** What the page says of the state that the app is in. */
import type { AppState, CloudState, ModelOffer } from '../kernel/app-state';
import { doneText } from './words';

/** What the page says of where words go. */
export function promiseOf({ escalation, privacy }: CloudState): string {
  if (!escalation || privacy === 'never') return 'Nothing you write leaves this device.';
  return privacy === 'ask'
    ? 'Nothing you write leaves this device before you agree.'
    : 'Hard questions may leave this device; addresses, numbers and keys are replaced first.';
}

/** What an answer without any text yet is waiting for. */
export function progressText(app: AppState): string {
  const state = chosenOf(app)?.state;
  if (state?.kind === 'fetching') {
    return `Fetching the model: ${doneText(state.doneBytes, state.totalBytes)}`;
  }
  return state?.kind === 'starting' ? 'Starting the model' : '';
}

export function chosenOf({ models }: AppState): ModelOffer | undefined {
  return models.offers.find(({ card }) => card.id === models.chosenId);
}
