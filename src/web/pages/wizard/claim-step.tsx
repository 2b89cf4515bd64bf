import { ApiError, send } from '../../api.ts';
import { go } from '../../router.ts';
import { type Session, setSession } from '../../session.ts';
import { TextField } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { useForm } from '../../ui/use-form.ts';

/** The first visitor makes the first admin; the code shows that the machine is theirs. */
export function ClaimStep() {
  const form = useForm({ code: '', name: 'admin', password: '', again: '' });
  const { values, errors, set } = form;
  const claim = async ({ code, name, password, again }: typeof values) => {
    if (password !== again)
      throw new ApiError({ errors: [{ field: 'again', message: 'is not the same: type it again' }] });
    const { data } = await send<Session>('POST', '/claim', { code: code.trim(), name, password });
    go('wizard', 'name');
    setSession(data);
  };
  return (
    <Card title="Nobody has claimed it yet">
      <p class="step-intro">
        The code is on the appliance's console and in its log (<code>timeball claim-code --new</code> makes
        another). Whoever enters it first becomes the admin.
      </p>
      <InlineForm form={form} action="Claim it" said="" save={claim}>
        <TextField
          label="Claim code"
          value={values.code}
          error={errors['code']}
          autoComplete="one-time-code"
          required
          mono
          onChange={(value) => set('code', value)}
        />
        <TextField
          label="Your user name"
          value={values.name}
          error={errors['name']}
          autoComplete="username"
          required
          onChange={(value) => set('name', value)}
        />
        <TextField
          label="Password"
          help="12 characters or more; a few words do well."
          type="password"
          value={values.password}
          error={errors['password']}
          autoComplete="new-password"
          required
          onChange={(value) => set('password', value)}
        />
        <TextField
          label="Password again"
          type="password"
          value={values.again}
          error={errors['again']}
          autoComplete="new-password"
          required
          onChange={(value) => set('again', value)}
        />
      </InlineForm>
    </Card>
  );
}
