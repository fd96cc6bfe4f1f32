import {
  Breadcrumb,
  BreadcrumbItem,
  EmptyState,
  EmptyStateBody,
  Skeleton,
  Tab,
  Tabs,
  TabTitleText,
  Title,
} from '@patternfly/react-core';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '../api/client';
import { useItem } from '../api/queries';
import { usable } from '../api/served';
import { type MessageKey, t } from '../i18n';
import { ActionButtons, ActionsMenu, useActions } from './ActionsMenu';
import { explain } from './notify';
import { pathOf, type Resource } from './resource';
import { StatusLabel } from './StatusLabel';

/** The page of one object, with its tabs. */
export function ResourcePage<T extends { id: string; name?: string }>({ resource }: { resource: Resource<T> }) {
  const { id = '', tab } = useParams();
  const navigate = useNavigate();
  const { data, error } = useItem<T>(resource.kind, id);
  const { begin, dialog } = useActions<T>((action) => {
    if (action.id === 'remove') void navigate(pathOf(resource.kind));
  });
  const kind = t(`kind.${resource.kind}` as MessageKey);
  if (error && (!data || (error instanceof ApiError && error.status === 404))) {
    return (
      <EmptyState icon={ExclamationCircleIcon} titleText={t('table.failed')} headingLevel="h1">
        <EmptyStateBody>{explain(error)}</EmptyStateBody>
        <Link to={pathOf(resource.kind)}>{kind}</Link>
      </EmptyState>
    );
  }
  if (!data) return <Skeleton screenreaderText={t('table.loading')} height="160px" />;
  const tabs = usable(resource.tabs ?? []).filter((each) => each.shown?.(data) ?? true);
  const actions = usable(resource.actions);
  const shown = tabs.find((each) => each.id === tab) ?? tabs[0];
  const Icon = resource.icon;
  return (
    <section className="bw-page" aria-labelledby="object-title">
      <Breadcrumb>
        <BreadcrumbItem>
          <Link to={pathOf(resource.kind)}>{kind}</Link>
        </BreadcrumbItem>
        <BreadcrumbItem isActive>{resource.title?.(data) ?? data.name}</BreadcrumbItem>
      </Breadcrumb>
      <div className="bw-page__head">
        <span className="bw-page__icon">
          <Icon />
        </span>
        <Title headingLevel="h1" id="object-title" size="2xl">
          {resource.title?.(data) ?? data.name}
        </Title>
        <StatusLabel status={resource.status?.(data)} />
        <span className="bw-page__actions">
          <ActionButtons actions={actions} rows={[data]} begin={begin} />
          {actions.length > 0 && (
            <ActionsMenu actions={actions} rows={[data]} begin={begin} label={t('table.actions')} />
          )}
        </span>
      </div>
      <Tabs
        activeKey={shown?.id ?? ''}
        onSelect={(_, key) => void navigate(`${pathOf(resource.kind, id)}/${key}`, { replace: true })}
        aria-label={data.name ?? ''}
      >
        {tabs.map((each) => (
          <Tab
            key={each.id}
            eventKey={each.id}
            tabContentId="tab-content"
            title={<TabTitleText>{t(each.title)}</TabTitleText>}
          />
        ))}
      </Tabs>
      <div className="bw-tab" id="tab-content" role="tabpanel">
        {shown?.content(data)}
      </div>
      {dialog}
    </section>
  );
}
