package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.ovf.OvfWriter;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.feed.ChangeFeed;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ObservedDomains;
import org.bellwether.engine.storage.OvfStores;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;
import org.bellwether.protocol.ImageDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes machines and templates to the storage domains that their disks lie on, some seconds after they change, so that a
 * domain can be carried away with all that is on it. Each domain is written on a thread of its own; what fails is tried
 * again. Documents of what this engine does not know stay on the domain as they are.
 */
public final class KeepOvfStores implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeepOvfStores.class);
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(60);
    private static final Set<String> ABOUT =
            Set.of("vms", "templates", "disks", "disk_attachments", "nics", "storage_domains", "snapshots", "networks");

    private final ChangeFeed feed;
    private final StorageDomains domains;
    private final ObservedDomains observed;
    private final Disks disks;
    private final Vms vms;
    private final Templates templates;
    private final OvfDocuments documents;
    private final OvfStores stores;
    private final Map<Id<StorageDomain>, Map<UUID, String>> written = new ConcurrentHashMap<>();
    /** What the engine knew of what lies on a domain when that was last written: unchanged, storage is left in peace. */
    private final Map<Id<StorageDomain>, List<Object>> settled = new ConcurrentHashMap<>();

    private final Set<Id<StorageDomain>> busy = ConcurrentHashMap.newKeySet();
    /** What was found on a domain when it came into service and is not known here: it stays until it is. */
    private final Map<Id<StorageDomain>, Map<UUID, String>> foreign = new ConcurrentHashMap<>();

    private final Thread thread;
    private volatile boolean closed;

    KeepOvfStores(
            ChangeFeed feed,
            StorageDomains domains,
            ObservedDomains observed,
            Disks disks,
            Vms vms,
            Templates templates,
            OvfDocuments documents,
            OvfStores stores) {
        this.feed = feed;
        this.domains = domains;
        this.observed = observed;
        this.disks = disks;
        this.vms = vms;
        this.templates = templates;
        this.documents = documents;
        this.stores = stores;
        this.thread = Thread.ofVirtual().name("ovf-stores").unstarted(this::follow);
    }

    /** Begins; once, when the engine acts. */
    public void start() {
        thread.start();
    }

    private void follow() {
        var place = feed.place();
        boolean due = true;
        try {
            while (!closed) {
                if (due) {
                    // Changes come in bursts, and a document that is some seconds old does no harm.
                    Thread.sleep(SETTLE);
                    place = feed.place();
                    domains.model().all().forEach(this::keepSoon);
                }
                var batch = feed.after(place, LOOK_AGAIN);
                if (batch.isEmpty()) {
                    return;
                }
                place = batch.get().place();
                due = batch.get().everything()
                        || batch.get().changes().isEmpty()
                        || batch.get().changes().stream().anyMatch(change -> ABOUT.contains(change.collection()));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepSoon(StorageDomain domain) {
        boolean able = domain.wanted() == StorageDomain.Wanted.ACTIVE
                && domain.kind() == StorageDomain.Kind.DATA
                && observed.reached(domain);
        if (!able) {
            // Somebody else may have it meanwhile: when it is back, it is read before it is written.
            if (domain.wanted() != StorageDomain.Wanted.ACTIVE) {
                written.remove(domain.id());
                settled.remove(domain.id());
            }
            return;
        }
        if (busy.add(domain.id())) {
            Thread.ofVirtual().name("ovf-" + domain.name()).start(() -> {
                try {
                    var now = about(domain);
                    if (!now.equals(settled.get(domain.id()))) {
                        keep(domain);
                        settled.put(domain.id(), now);
                    }
                } catch (Failure failure) {
                    log.warn("The OVF_STORE of {} stays as it is for now: {}", domain.name(), failure.detail());
                } finally {
                    busy.remove(domain.id());
                }
            });
        }
    }

    /** All that documents are made of; where a machine runs is not part of it. */
    private List<Object> about(StorageDomain domain) {
        var all = new ArrayList<Object>();
        for (Vm vm : vms.model().all()) {
            var attachments = disks.ofVm(vm.id());
            if (liesOn(attachments, domain)) {
                all.addAll(List.of(vm.id(), vm.name(), vm.spec(), vm.template(), List.copyOf(vms.nicsOf(vm.id()))));
                addDisks(all, attachments);
            }
        }
        for (Template template : templates.model().all()) {
            var attachments = disks.ofTemplate(template.id());
            if (liesOn(attachments, domain)) {
                all.add(template);
                all.add(List.copyOf(vms.nicsOfTemplate(template.id())));
                addDisks(all, attachments);
            }
        }
        return all;
    }

    private void addDisks(List<Object> all, Collection<DiskAttachment> attachments) {
        attachments.forEach(attachment -> {
            all.add(attachment);
            disks.model().find(attachment.disk()).ifPresent(all::add);
        });
    }

    /** Writes what the domain is to carry, unless it carries that already. */
    void keep(StorageDomain domain) {
        var before = written.get(domain.id());
        if (before == null) {
            before = stores.read(domain);
            foreign.put(domain.id(), new ConcurrentHashMap<>(before));
        }
        var wanted = wanted(domain, stores.images(domain));
        var strangers = foreign.getOrDefault(domain.id(), new ConcurrentHashMap<>());
        strangers.keySet().removeIf(this::known);
        strangers.forEach(wanted::putIfAbsent);
        if (!wanted.equals(before)) {
            stores.write(domain, wanted);
        }
        written.put(domain.id(), Map.copyOf(wanted));
    }

    private boolean known(UUID id) {
        return vms.model().find(Id.of(id)).isPresent()
                || templates.model().find(Id.of(id)).isPresent();
    }

    private Map<UUID, String> wanted(StorageDomain domain, Collection<ImageDescription> images) {
        var pool = domain.dataCenterId().map(Id::value).orElse(new UUID(0, 0));
        var wanted = new LinkedHashMap<UUID, String>();
        for (Vm vm : vms.model().all()) {
            if (liesOn(disks.ofVm(vm.id()), domain)) {
                wanted.put(vm.id().value(), OvfWriter.write(documents.of(vm, images), pool));
            }
        }
        for (Template template : templates.model().all()) {
            if (liesOn(disks.ofTemplate(template.id()), domain)) {
                wanted.put(template.id().value(), OvfWriter.write(documents.of(template, images), pool));
            }
        }
        return wanted;
    }

    private boolean liesOn(Collection<DiskAttachment> attachments, StorageDomain domain) {
        return attachments.stream()
                .map(attachment -> disks.model().find(attachment.disk()))
                .flatMap(Optional::stream)
                .filter(disk -> disk.state() == Disk.State.OK)
                .anyMatch(disk -> disk.domainId().equals(Optional.of(domain.id())));
    }

    /** Writes a domain now; for people who ask for it, and before it is given away. */
    public void update(StorageDomain domain) {
        keep(domain);
    }

    /** Writes a domain that is about to go out of service, if it can be written. */
    void lastWords(StorageDomain domain) {
        if (domain.kind() != StorageDomain.Kind.DATA || !observed.reached(domain)) {
            return;
        }
        try {
            keep(domain);
        } catch (Failure failure) {
            log.warn("The OVF_STORE of {} leaves as it is: {}", domain.name(), failure.detail());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
