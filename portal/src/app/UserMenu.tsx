import {
  AboutModal,
  Divider,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  MenuToggle,
} from '@patternfly/react-core';
import UserIcon from '@patternfly/react-icons/dist/esm/icons/user-icon';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../api/client';
import type { ApiRoot } from '../api/types';
import { choose, language, languageName, languages, t } from '../i18n';
import { Account } from './Account';
import { signOff, useSession } from './session';
import { setTheme, type Theme, theme } from './theme';

export function UserMenu({ onSignedOff, portal }: { onSignedOff: () => void; portal: boolean }) {
  const session = useSession();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [about, setAbout] = useState(false);
  const [account, setAccount] = useState(false);
  const { data: root } = useQuery({ queryKey: ['root'], queryFn: () => call<ApiRoot>(''), enabled: about });
  const leave = async (everywhere: boolean) => {
    await signOff(everywhere);
    onSignedOff();
  };
  return (
    <>
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ position: 'end' }}
        toggle={(ref) => (
          <MenuToggle
            ref={ref}
            variant="plainText"
            isExpanded={open}
            icon={<UserIcon />}
            onClick={() => setOpen(!open)}
            aria-label={t('app.user', { name: session.userName })}
          >
            <span className="bw-user">{session.userName.split('@')[0]}</span>
          </MenuToggle>
        )}
      >
        <DropdownGroup label={t('app.theme')}>
          <DropdownList>
            {(['light', 'dark', 'system'] as Theme[]).map((each) => (
              <DropdownItem key={each} isSelected={theme() === each} onClick={() => setTheme(each)}>
                {t(`app.theme.${each}`)}
              </DropdownItem>
            ))}
          </DropdownList>
        </DropdownGroup>
        <DropdownGroup label={t('app.language')}>
          <DropdownList>
            {languages.map((each) => (
              <DropdownItem key={each} lang={each} isSelected={language() === each} onClick={() => void choose(each)}>
                {languageName(each)}
              </DropdownItem>
            ))}
          </DropdownList>
        </DropdownGroup>
        <Divider />
        <DropdownList>
          {session.administrator && (
            <DropdownItem onClick={() => void navigate(portal ? '/admin' : '/portal')}>
              {t(portal ? 'app.toAdmin' : 'app.toPortal')}
            </DropdownItem>
          )}
          <DropdownItem onClick={() => setAccount(true)}>{t('app.account')}</DropdownItem>
          <DropdownItem onClick={() => setAbout(true)}>{t('app.about')}</DropdownItem>
          <DropdownItem onClick={() => void leave(false)}>{t('app.signOff')}</DropdownItem>
          <DropdownItem onClick={() => void leave(true)}>{t('app.signOffAll')}</DropdownItem>
        </DropdownList>
      </Dropdown>
      {account && <Account onClose={() => setAccount(false)} />}
      <AboutModal
        isOpen={about}
        onClose={() => setAbout(false)}
        productName={t('app.name')}
        brandImageSrc="/assets/bell.svg"
        brandImageAlt={t('app.name')}
      >
        <p>{t('app.version', { version: root?.product_info?.version?.full_version ?? '' })}</p>
        <p>{t('app.aboutText')}</p>
      </AboutModal>
    </>
  );
}
