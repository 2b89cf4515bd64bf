/** `onNext` leads to the step after. */
export interface StepProps {
  readonly onNext: () => void;
}
