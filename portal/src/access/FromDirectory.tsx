import {
  Button,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { list, post } from '../api/client';
import { queries } from '../api/queries';
import type { Group, Ref, User } from '../api/types';
import { t } from '../i18n';
import { act, explain } from '../ui/notify';

/** Looks people or groups up in a directory, and makes them known, so that they can be given roles. */
export function FromDirectory({ kind, onClose }: { kind: 'users' | 'groups'; onClose: () => void }) {
  const { data: domains } = useQuery({
    queryKey: ['domains'],
    queryFn: ({ signal }) => list<Ref>('/domains', signal),
    staleTime: 60_000,
  });
  const outside = domains?.filter(({ name }) => name !== 'internal-authz') ?? [];
  const [chosen, setChosen] = useState('');
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState('');
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const domain = outside.find(({ id }) => id === chosen) ?? outside[0];
  const found = useQuery({
    queryKey: ['domains', domain?.id, kind, asked],
    queryFn: ({ signal }) =>
      list<User & Group>(
        `/domains/${domain?.id}/${kind}?max=50&search=${encodeURIComponent(`name=*${asked}*`)}`,
        signal,
      ),
    enabled: domain !== undefined && asked !== '',
    retry: false,
  });
  if (!domains) return null;
  const nameOf = (each: User & Group) => (kind === 'users' ? (each.user_name ?? each.principal) : each.name) ?? '';
  const look = (event: FormEvent) => {
    event.preventDefault();
    setMarked(new Set());
    setAsked(typed.trim());
  };
  const add = async () => {
    const rows = (found.data ?? []).filter(({ id }) => marked.has(id)).map((each) => ({ ...each, name: nameOf(each) }));
    const done = await act(t('directory.add'), rows, (each) =>
      post(`/${kind}`, {
        ...(kind === 'users' ? { user_name: each.name } : { name: each.name }),
        domain: { id: domain?.id, name: domain?.name },
      }),
    );
    await queries.invalidateQueries({ queryKey: ['list', kind] });
    if (done) onClose();
  };
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="directory-title" position="top">
      <ModalHeader title={t('directory.add')} labelId="directory-title" />
      <ModalBody>
        {!domain && <p>{t('directory.none')}</p>}
        {domain && (
          <Form onSubmit={look} id="directory-form">
            <FormGroup label={t('col.directory')} fieldId="directory">
              <FormSelect id="directory" value={domain.id} onChange={(_, id) => setChosen(id)}>
                {outside.map((each) => (
                  <FormSelectOption key={each.id} value={each.id} label={each.name ?? each.id} />
                ))}
              </FormSelect>
            </FormGroup>
            <FormGroup label={t('directory.search')} fieldId="directory-search">
              <TextInput id="directory-search" value={typed} onChange={(_, now) => setTyped(now)} />
            </FormGroup>
            {found.error && <p role="alert">{explain(found.error)}</p>}
            {found.data?.length === 0 && <p>{t('table.none')}</p>}
            {found.data && found.data.length > 0 && (
              <ul className="bw-choices">
                {found.data.map((each) => (
                  <li key={each.id}>
                    <label>
                      <input
                        type="checkbox"
                        checked={marked.has(each.id)}
                        onChange={({ target }) => {
                          const now = new Set(marked);
                          if (target.checked) now.add(each.id);
                          else now.delete(each.id);
                          setMarked(now);
                        }}
                      />{' '}
                      {nameOf(each)}{' '}
                      <span className="bw-quiet">{[each.last_name, each.email].filter(Boolean).join(' · ')}</span>
                    </label>
                  </li>
                ))}
              </ul>
            )}
          </Form>
        )}
      </ModalBody>
      <ModalFooter>
        {domain && (
          <>
            <Button
              variant={marked.size > 0 ? 'secondary' : 'primary'}
              type="submit"
              form="directory-form"
              isDisabled={!typed.trim()}
              isLoading={found.isFetching}
            >
              {t('directory.look')}
            </Button>
            <Button isDisabled={marked.size === 0} onClick={() => void add()}>
              {t('directory.add')}
            </Button>
          </>
        )}
        <Button variant="link" onClick={onClose}>
          {t('do.cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
