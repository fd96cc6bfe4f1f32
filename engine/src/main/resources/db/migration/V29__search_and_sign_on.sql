-- What the search language asks for: the quota that an event is about, and who made a machine and which templates were sealed,
-- as far as the log and the journal still know it of those that were made before it was written down.

alter table events add column quota_id uuid;

update vms
set body = body || jsonb_build_object('creator', made.user_id)
from (select distinct on (vm_id) vm_id, user_id
      from events
      where vm_id is not null and user_id is not null and code in (34, 37, 1152, 1165)
      order by vm_id, id) made
where made.vm_id = vms.id;

update templates
set body = body || '{"sealed": true}'
from jobs
where jobs.kind = 'create-template'
  and jobs.status = 'finished'
  and (jobs.request ->> 'seal')::boolean
  and (jobs.request ->> 'template')::uuid = templates.id;

-- How users sign on, also those of other directories, whose second factors and wrong passwords were forgotten at each restart;
-- and the half minute of the code that was used last, which must not work again after one.

create table sign_ons (
    user_id       uuid primary key constraint sign_on_user references users on delete cascade,
    failures      int not null default 0,
    locked_until  timestamptz,
    second_factor text,
    factor_used   bigint not null default 0
);

insert into sign_ons (user_id, failures, locked_until, second_factor)
select id, failures, locked_until, second_factor
from internal_users
where id in (select id from users) and (failures > 0 or locked_until is not null or second_factor is not null);

alter table internal_users
    drop column failures,
    drop column locked_until,
    drop column second_factor;
