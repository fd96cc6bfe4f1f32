package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.backup.Backups;
import org.bellwether.agent.storage.Archives;
import org.bellwether.agent.transfer.Transfers;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.ArchiveDescription;
import org.bellwether.protocol.ArchivePlace;
import org.bellwether.protocol.BackupRequest;
import org.bellwether.protocol.BackupState;
import org.bellwether.protocol.BeginBackupRequest;
import org.bellwether.protocol.CloseTransferRequest;
import org.bellwether.protocol.EndBackupReply;
import org.bellwether.protocol.EndBackupRequest;
import org.bellwether.protocol.ExportArchiveRequest;
import org.bellwether.protocol.ImportImageRequest;
import org.bellwether.protocol.MeasuredImage;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.RemoveCheckpointReply;
import org.bellwether.protocol.RemoveCheckpointRequest;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.TransferRequest;
import org.bellwether.protocol.TransferState;
import org.bellwether.protocol.VolumeRequest;

/** What comes from elsewhere and goes there: archives, transfers, backups. */
final class ExchangeService extends AgentGrpc.AgentImplBase {
    private final Transfers transfers;
    private final Backups backups;
    private final Archives archives;

    ExchangeService(Transfers transfers, Backups backups, Archives archives) {
        this.transfers = transfers;
        this.backups = backups;
        this.archives = archives;
    }

    @Override
    public void inspectArchive(ArchivePlace request, StreamObserver<ArchiveDescription> caller) {
        Answers.answer(caller, "look into an archive", () -> archives.inspect(request));
    }

    @Override
    public void importImage(ImportImageRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(caller, "import the disk " + request.getFile(), () -> archives.importImage(request));
    }

    @Override
    public void measureImage(VolumeRequest request, StreamObserver<MeasuredImage> caller) {
        Answers.answer(caller, "measure volume " + request.getVolume().getVolumeId(), () -> archives.measure(request));
    }

    @Override
    public void exportArchive(ExportArchiveRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(caller, "write an archive", () -> archives.export(request));
    }

    @Override
    public void openTransfer(OpenTransferRequest request, StreamObserver<TransferState> caller) {
        Answers.answer(caller, "open transfer " + request.getTransferId(), () -> transfers.open(request));
    }

    @Override
    public void inspectTransfer(TransferRequest request, StreamObserver<TransferState> caller) {
        Answers.answer(caller, "look at transfer " + request.getTransferId(), () -> transfers.inspect(request));
    }

    @Override
    public void closeTransfer(CloseTransferRequest request, StreamObserver<TransferState> caller) {
        Answers.answer(caller, "close transfer " + request.getTransferId(), () -> transfers.close(request));
    }

    @Override
    public void beginBackup(BeginBackupRequest request, StreamObserver<BackupState> caller) {
        Answers.answer(caller, "begin backup " + request.getBackupId(), () -> backups.begin(request));
    }

    @Override
    public void inspectBackup(BackupRequest request, StreamObserver<BackupState> caller) {
        Answers.answer(caller, "look at backup " + request.getBackupId(), () -> backups.inspect(request));
    }

    @Override
    public void endBackup(EndBackupRequest request, StreamObserver<EndBackupReply> caller) {
        Answers.answer(caller, "end backup " + request.getBackupId(), () -> {
            backups.end(request);
            return EndBackupReply.getDefaultInstance();
        });
    }

    @Override
    public void removeCheckpoint(RemoveCheckpointRequest request, StreamObserver<RemoveCheckpointReply> caller) {
        Answers.answer(caller, "remove checkpoint " + request.getCheckpoint().getCheckpointId(), () -> {
            backups.removeCheckpoint(request);
            return RemoveCheckpointReply.getDefaultInstance();
        });
    }
}
