import { Button, Skeleton, Title, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import AngleDownIcon from '@patternfly/react-icons/dist/esm/icons/angle-down-icon';
import AngleRightIcon from '@patternfly/react-icons/dist/esm/icons/angle-right-icon';
import BuildingIcon from '@patternfly/react-icons/dist/esm/icons/building-icon';
import ClusterIcon from '@patternfly/react-icons/dist/esm/icons/cluster-icon';
import CubeIcon from '@patternfly/react-icons/dist/esm/icons/cube-icon';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import TagIcon from '@patternfly/react-icons/dist/esm/icons/tag-icon';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { type Collection, useList } from '../api/queries';
import { served } from '../api/served';
import type { Cluster, DataCenter, Host, Named, Tag, Vm } from '../api/types';
import { t } from '../i18n';
import { pathOf } from '../ui/resource';
import { StatusLabel } from '../ui/StatusLabel';
import { isRoot, withTag } from './tags';

/** More than that under one host nobody reads in a tree; the lists find them. */
const MOST = 200;

interface Node extends Named {
  status?: string;
}

function Branch(properties: { kind: Collection; node: Node; icon: ReactNode; children?: ReactNode[] }) {
  const { kind, node, icon, children = [] } = properties;
  const [open, setOpen] = useState(children.length <= 30);
  return (
    <li>
      <span className="bw-tree__node">
        {children.length > 0 ? (
          <Button
            variant="plain"
            size="sm"
            icon={open ? <AngleDownIcon /> : <AngleRightIcon />}
            aria-expanded={open}
            aria-label={node.name ?? ''}
            onClick={() => setOpen(!open)}
          />
        ) : (
          <span className="bw-tree__leaf" />
        )}
        {icon}
        <Link to={pathOf(kind, node.id)}>{node.name}</Link>
        {node.status && node.status !== 'up' && <StatusLabel status={node.status} />}
      </span>
      {open && children.length > 0 && <ul className="bw-tree">{children}</ul>}
    </li>
  );
}

/** What people find by where it lies, or by its tags. */
export function Tree() {
  const [by, setBy] = useState<'place' | 'tags'>('place');
  return (
    <section className="bw-page" aria-labelledby="tree-title">
      <div className="bw-page__head">
        <Title headingLevel="h1" size="2xl" id="tree-title">
          {t('tree.title')}
        </Title>
        {served('tags.list') && (
          <ToggleGroup aria-label={t('tree.by')} isCompact>
            {(['place', 'tags'] as const).map((each) => (
              <ToggleGroupItem
                key={each}
                buttonId={`tree-${each}`}
                text={t(each === 'place' ? 'tree.place' : 'kind.tags')}
                isSelected={by === each}
                onChange={() => setBy(each)}
              />
            ))}
          </ToggleGroup>
        )}
      </div>
      <div className="bw-card bw-tree__all">{by === 'place' ? <ByPlace /> : <ByTags />}</div>
    </section>
  );
}

function ByTags() {
  const { data: tags } = useList<Tag>('tags');
  if (!tags) return <Skeleton height="200px" screenreaderText={t('table.loading')} />;
  const root = tags.find(isRoot);
  const below = (parent: Tag | undefined) => tags.filter((tag) => !isRoot(tag) && tag.parent?.id === parent?.id);
  return below(root).length === 0 ? (
    <p className="bw-quiet">{t('tag.none')}</p>
  ) : (
    <ul className="bw-tree">
      {below(root).map((tag) => (
        <TagBranch key={tag.id} tag={tag} below={below} />
      ))}
    </ul>
  );
}

/** A tag with the tags below it and what has it; that is asked for when somebody opens it. */
function TagBranch({ tag, below }: { tag: Tag; below: (tag: Tag) => Tag[] }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <span className="bw-tree__node">
        <Button
          variant="plain"
          size="sm"
          icon={open ? <AngleDownIcon /> : <AngleRightIcon />}
          aria-expanded={open}
          aria-label={tag.name ?? ''}
          onClick={() => setOpen(!open)}
        />
        <TagIcon />
        <Link to={pathOf('tags', tag.id)}>{tag.name}</Link>
      </span>
      {open && (
        <ul className="bw-tree">
          {below(tag).map((each) => (
            <TagBranch key={each.id} tag={each} below={below} />
          ))}
          <Tagged kind="hosts" tag={tag} icon={<ServerIcon />} />
          <Tagged kind="vms" tag={tag} icon={<DesktopIcon />} />
          <Tagged kind="templates" tag={tag} icon={<CubeIcon />} />
        </ul>
      )}
    </li>
  );
}

function Tagged({ kind, tag, icon }: { kind: Collection; tag: Tag; icon: ReactNode }) {
  const { data = [] } = useList<Node>(kind, withTag(tag));
  return data.slice(0, MOST).map((each) => <Branch key={each.id} kind={kind} node={each} icon={icon} />);
}

/** Data center, cluster, host and machine, as they lie in each other. */
function ByPlace() {
  const { data: centers } = useList<DataCenter>('data_centers');
  const { data: clusters = [] } = useList<Cluster>('clusters');
  const { data: hosts } = useList<Host>('hosts');
  const { data: vms } = useList<Vm>('vms');
  if (!centers || !hosts || !vms) return <Skeleton height="200px" screenreaderText={t('table.loading')} />;
  const machines = (of: Vm[]) =>
    of.slice(0, MOST).map((vm) => <Branch key={vm.id} kind="vms" node={vm} icon={<DesktopIcon />} />);
  return (
    <ul className="bw-tree">
      {centers.map((center) => (
        <Branch key={center.id} kind="data_centers" node={center} icon={<BuildingIcon />}>
          {clusters
            .filter((cluster) => cluster.data_center?.id === center.id)
            .map((cluster) => (
              <Branch key={cluster.id} kind="clusters" node={cluster} icon={<ClusterIcon />}>
                {[
                  ...hosts
                    .filter((host) => host.cluster?.id === cluster.id)
                    .map((host) => (
                      <Branch key={host.id} kind="hosts" node={host} icon={<ServerIcon />}>
                        {machines(vms.filter((vm) => vm.host?.id === host.id))}
                      </Branch>
                    )),
                  ...machines(vms.filter((vm) => vm.cluster?.id === cluster.id && !vm.host)),
                ]}
              </Branch>
            ))}
        </Branch>
      ))}
    </ul>
  );
}
