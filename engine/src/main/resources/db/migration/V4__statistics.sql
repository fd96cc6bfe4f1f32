-- What machines, hosts, clusters and storage domains used over time. A row stands for a stretch of `grain` seconds that begins
-- at `time`; fine rows are made into coarser ones and then deleted.
create table statistics_samples (
    subject      uuid        not null,
    grain        integer     not null,
    time         timestamptz not null,
    cpu          real,
    cpus         real,
    cpus_given   real,
    memory_used  real,
    memory       real,
    memory_given real,
    received     real,
    sent         real,
    read         real,
    written      real,
    storage_used real,
    storage      real,
    primary key (subject, grain, time)
);
create index statistics_samples_by_time on statistics_samples (grain, time);
