import { Buttons } from '../../ui/form.tsx';
import type { StepProps } from './step-props.ts';

/** On to the next step without a change. */
export function Onward({
  text = 'Continue',
  primary,
  onNext,
}: StepProps & { text?: string; primary?: boolean }) {
  return (
    <Buttons>
      <button type="button" class={primary ? 'primary' : ''} onClick={onNext}>
        {text}
      </button>
    </Buttons>
  );
}
