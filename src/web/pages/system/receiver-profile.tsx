import { profileOf, RECEIVER_PROFILES } from '../../../api/receiver-profiles.ts';
import { Select } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { useFollowingForm } from '../../ui/use-form.ts';
import type { Config, ConfigPatch } from '../network/use-config.ts';

const OTHER = 'other';

export interface ReceiverProfileProps {
  readonly config: Config;
  readonly patch: (patch: ConfigPatch) => Promise<unknown>;
}

/** Fills port, speed and PPS pin in for a known board; what is set by hand is none of them. */
export function ReceiverProfile({ config, patch }: ReceiverProfileProps) {
  const now = profileOf(config)?.name ?? OTHER;
  const form = useFollowingForm({ profile: now });
  const options = RECEIVER_PROFILES.map(({ name, title }) => ({ value: name, label: title }));
  const save = async ({ profile }: { profile: string }) => {
    const chosen = RECEIVER_PROFILES.find(({ name }) => name === profile);
    if (chosen) await patch(chosen.settings);
  };
  return (
    <InlineForm form={form} action="Use this board" save={save}>
      <Select
        label="Receiver board"
        help="Sets the receiver’s port and speed, and the device, line and edge of the pulse; after a restart of the service they count."
        value={form.values.profile}
        options={now === OTHER ? [{ value: OTHER, label: 'Set by hand, below' }, ...options] : options}
        error={form.errors['profile']}
        onChange={(value) => form.set('profile', value)}
      />
    </InlineForm>
  );
}
