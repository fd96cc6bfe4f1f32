package org.bellwether.engine.storage;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.agents.AgentErrors;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.OvfEntry;
import org.bellwether.protocol.WriteOvfStoreReply;
import org.bellwether.protocol.WriteOvfStoreRequest;

/** What storage domains carry of machines, templates and disks, read and written through any host that reaches them. */
public final class OvfStores {

    private static final Duration LOOK_LIMIT = Duration.ofSeconds(90);
    private static final Duration WRITE_LIMIT = Duration.ofMinutes(5);
    private static final int ENTRIES_AT_ONCE = 50;

    private final Volumes volumes;

    public OvfStores(Volumes volumes) {
        this.volumes = volumes;
    }

    /** The documents of a domain by the id of what they describe. */
    public Map<UUID, String> read(StorageDomain domain) {
        return volumes.onAnyHost(
                domain.id(),
                (agent, connection) -> agent.ask(LOOK_LIMIT, stub -> {
                    var documents = new LinkedHashMap<UUID, String>();
                    stub.readOvfStore(request(domain))
                            .forEachRemaining(
                                    entry -> documents.put(UUID.fromString(entry.getEntityId()), entry.getOvf()));
                    return documents;
                }));
    }

    /** All images of a domain as they are on it. */
    public List<ImageDescription> images(StorageDomain domain) {
        return volumes.onAnyHost(
                domain.id(),
                (agent, connection) -> agent.ask(
                        LOOK_LIMIT, stub -> stub.listImages(request(domain)).getImagesList()));
    }

    /** Replaces what the domain carries. */
    public void write(StorageDomain domain, Map<UUID, String> documents) {
        volumes.onAnyHost(domain.id(), (agent, connection) -> write(agent, domain, documents));
    }

    private static WriteOvfStoreReply write(HostAgent agent, StorageDomain domain, Map<UUID, String> documents) {
        var answer = new CompletableFuture<WriteOvfStoreReply>();
        var requests = agent.stream().writeOvfStore(new StreamObserver<>() {
            @Override
            public void onNext(WriteOvfStoreReply reply) {
                answer.complete(reply);
            }

            @Override
            public void onError(Throwable thrown) {
                answer.completeExceptionally(thrown);
            }

            @Override
            public void onCompleted() {
                answer.completeExceptionally(new IllegalStateException("the host said nothing"));
            }
        });
        requests.onNext(
                WriteOvfStoreRequest.newBuilder().setDomain(request(domain)).build());
        var batch = new ArrayList<OvfEntry>();
        documents.forEach((id, ovf) -> {
            batch.add(
                    OvfEntry.newBuilder().setEntityId(id.toString()).setOvf(ovf).build());
            if (batch.size() == ENTRIES_AT_ONCE) {
                requests.onNext(
                        WriteOvfStoreRequest.newBuilder().addAllEntries(batch).build());
                batch.clear();
            }
        });
        requests.onNext(WriteOvfStoreRequest.newBuilder()
                .addAllEntries(batch)
                .setComplete(true)
                .build());
        requests.onCompleted();
        try {
            return answer.get(WRITE_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw AgentErrors.explain(agent.host().hostName(), status);
            }
            throw Failure.unavailable("The OVF_STORE of " + domain.name() + " could not be written")
                    .because(String.valueOf(e.getMessage()));
        } catch (TimeoutException e) {
            throw Failure.unavailable("The OVF_STORE of " + domain.name() + " was not written in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while writing an OVF_STORE");
        }
    }

    private static DomainRequest request(StorageDomain domain) {
        return DomainRequest.newBuilder()
                .setConnection(Volumes.connection(domain))
                .setDomainId(domain.id().toString())
                .build();
    }
}
