import type { DeadLetterView } from '../../../../shared/dead-letter.js';
import { transportWords } from '../../format/words.js';

type Wording = Pick<DeadLetterView, 'direction' | 'transport' | 'origin'>;

/** What went wrong, in two words. */
export function failureWords({ direction }: Wording): string {
  return direction === 'out' ? 'Not delivered' : 'Not handled';
}

/** Where it came from, or was for. */
export function placeWords({ direction, transport, origin }: Wording): string {
  return `${direction === 'out' ? 'to' : 'from'} ${transportWords[transport]} ${origin}`;
}

/** What sending it again does, which is not the same for both directions. */
export function resendWords({ direction }: Wording): { readonly label: string; readonly effect: string } {
  return direction === 'out'
    ? {
        label: 'Send again',
        effect: 'It goes to the same place once more, under a new id.',
      }
    : {
        label: 'Handle again',
        effect:
          'This node’s handlers get it once more. Other nodes may have handled it long ago, and get nothing.',
      };
}
