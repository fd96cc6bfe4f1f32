package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.storage.OvfStreams;
import org.bellwether.agent.storage.Storage;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.ConnectedStorage;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.DisconnectStorageReply;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.JoinLockspaceRequest;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseRequest;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.ListDomainsReply;
import org.bellwether.protocol.ListFilesReply;
import org.bellwether.protocol.LiveHostsReply;
import org.bellwether.protocol.OvfEntry;
import org.bellwether.protocol.RemoveDomainReply;
import org.bellwether.protocol.RemoveDomainRequest;
import org.bellwether.protocol.RemoveLeaseReply;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.UpdateDomainRequest;
import org.bellwether.protocol.WriteOvfStoreReply;
import org.bellwether.protocol.WriteOvfStoreRequest;

/** Storage domains, and what they carry beside disks. */
final class DomainService extends AgentGrpc.AgentImplBase {
    private final Storage storage;
    private final OvfStreams ovfs;

    DomainService(Storage storage, OvfStreams ovfs) {
        this.storage = storage;
        this.ovfs = ovfs;
    }

    @Override
    public void connectStorage(StorageConnection request, StreamObserver<ConnectedStorage> caller) {
        Answers.answer(
                caller,
                "connect storage",
                () -> ConnectedStorage.newBuilder()
                        .setMountPoint(storage.connect(request).toString())
                        .build());
    }

    @Override
    public void disconnectStorage(StorageConnection request, StreamObserver<DisconnectStorageReply> caller) {
        Answers.answer(caller, "disconnect storage", () -> {
            storage.disconnect(request);
            return DisconnectStorageReply.getDefaultInstance();
        });
    }

    @Override
    public void createDomain(CreateDomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "create storage domain " + request.getName(), () -> storage.createDomain(request));
    }

    @Override
    public void inspectDomain(DomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "inspect storage domain " + request.getDomainId(), () -> storage.inspectDomain(request));
    }

    @Override
    public void listDomains(StorageConnection request, StreamObserver<ListDomainsReply> caller) {
        Answers.answer(
                caller,
                "list storage domains",
                () -> ListDomainsReply.newBuilder()
                        .addAllDomains(storage.listDomains(request))
                        .build());
    }

    @Override
    public void liveHosts(DomainRequest request, StreamObserver<LiveHostsReply> caller) {
        Answers.answer(
                caller,
                "see who uses " + request.getDomainId(),
                () -> LiveHostsReply.newBuilder()
                        .addAllHosts(storage.leases().liveHosts(request))
                        .build());
    }

    @Override
    public void updateDomain(UpdateDomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "update storage domain " + request.getDomainId(), () -> storage.updateDomain(request));
    }

    @Override
    public void removeDomain(RemoveDomainRequest request, StreamObserver<RemoveDomainReply> caller) {
        Answers.answer(caller, "remove storage domain " + request.getDomainId(), () -> {
            storage.removeDomain(request);
            return RemoveDomainReply.getDefaultInstance();
        });
    }

    @Override
    public void listFiles(DomainRequest request, StreamObserver<ListFilesReply> caller) {
        Answers.answer(
                caller,
                "list files of " + request.getDomainId(),
                () -> ListFilesReply.newBuilder()
                        .addAllFiles(storage.listFiles(request))
                        .build());
    }

    @Override
    public StreamObserver<WriteOvfStoreRequest> writeOvfStore(StreamObserver<WriteOvfStoreReply> caller) {
        return ovfs.write(caller, failure -> Answers.status(failure, "write an OVF_STORE"));
    }

    @Override
    public void readOvfStore(DomainRequest request, StreamObserver<OvfEntry> caller) {
        ovfs.read(
                request, caller, failure -> Answers.status(failure, "read the OVF_STORE of " + request.getDomainId()));
    }

    @Override
    public void joinLockspace(JoinLockspaceRequest request, StreamObserver<LeaseState> caller) {
        Answers.answer(
                caller,
                "join the lockspace of " + request.getDomainId(),
                () -> storage.leases().joinLockspace(request));
    }

    @Override
    public void leaveLockspace(DomainRequest request, StreamObserver<LeaseState> caller) {
        Answers.answer(
                caller,
                "leave the lockspace of " + request.getDomainId(),
                () -> storage.leases().leaveLockspace(request));
    }

    @Override
    public void makeLease(LeaseRequest request, StreamObserver<LeaseDescription> caller) {
        Answers.answer(
                caller,
                "make the lease of " + request.getMachineId(),
                () -> storage.leases().makeLease(request));
    }

    @Override
    public void inspectLease(LeaseRequest request, StreamObserver<LeaseDescription> caller) {
        Answers.answer(
                caller,
                "inspect the lease of " + request.getMachineId(),
                () -> storage.leases().inspectLease(request));
    }

    @Override
    public void removeLease(LeaseRequest request, StreamObserver<RemoveLeaseReply> caller) {
        Answers.answer(caller, "remove the lease of " + request.getMachineId(), () -> {
            storage.leases().removeLease(request);
            return RemoveLeaseReply.getDefaultInstance();
        });
    }
}
