import { ApiError, send } from '../../api.ts';
import { TextField } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { useForm } from '../../ui/use-form.ts';

const EMPTY = { current: '', password: '', again: '' };

/** One's own password. */
export function PasswordCard() {
  const form = useForm(EMPTY);
  const { values, errors, set } = form;
  const save = async ({ current, password, again }: typeof values) => {
    if (password !== again)
      throw new ApiError({ errors: [{ field: 'again', message: 'is not the same: type it again' }] });
    await send('PUT', '/session/password', { current, password });
    form.replace(EMPTY);
  };
  return (
    <Card title="Your password">
      <InlineForm form={form} action="Change password" said="Changed" save={save}>
        <TextField
          label="Password now"
          type="password"
          autoComplete="current-password"
          value={values.current}
          error={errors['current']}
          required
          onChange={(value) => set('current', value)}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          value={values.password}
          error={errors['password']}
          required
          onChange={(value) => set('password', value)}
        />
        <TextField
          label="New password again"
          type="password"
          autoComplete="new-password"
          value={values.again}
          error={errors['again']}
          required
          onChange={(value) => set('again', value)}
        />
      </InlineForm>
    </Card>
  );
}
