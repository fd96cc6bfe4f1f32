package org.bellwether.libvirt;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.bellwether.libvirt.flags.BackupFlag;
import org.bellwether.libvirt.flags.CheckpointCreateFlag;
import org.bellwether.libvirt.flags.CheckpointDeleteFlag;
import org.bellwether.libvirt.flags.CheckpointXmlFlag;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.foreign.SnapshotFunctions;
import org.bellwether.libvirt.foreign.Text;
import org.jspecify.annotations.Nullable;

/** A domain's checkpoints, by name, and the backups made from them. */
public final class DomainCheckpoints {
    private final Handle domain;
    private final NamedChildren checkpoints;

    DomainCheckpoints(Handle domain) {
        this.domain = domain;
        checkpoints = new NamedChildren(
                domain,
                SnapshotFunctions.DOMAIN_CHECKPOINT_LOOKUP_BY_NAME,
                SnapshotFunctions.DOMAIN_CHECKPOINT_GET_NAME,
                SnapshotFunctions.DOMAIN_CHECKPOINT_FREE);
    }

    /** Begins to note which blocks change from now on; answers the checkpoint's name. */
    public String create(String xml, CheckpointCreateFlag... flags) {
        int bits = Flag.union(flags);
        return checkpoints.make((pointer, arena) ->
                Call.pointer(SnapshotFunctions.DOMAIN_CHECKPOINT_CREATE_XML, pointer, Text.toC(arena, xml), bits));
    }

    public List<String> names() {
        return checkpoints.names(SnapshotFunctions.DOMAIN_LIST_ALL_CHECKPOINTS, 0);
    }

    public String xml(String name, CheckpointXmlFlag... flags) {
        int bits = Flag.union(flags);
        return checkpoints.with(
                name, checkpoint -> Call.text(SnapshotFunctions.DOMAIN_CHECKPOINT_GET_XML_DESC, checkpoint, bits));
    }

    /** Deletes a checkpoint; what it noted goes to its parent. */
    public void delete(String name, CheckpointDeleteFlag... flags) {
        int bits = Flag.union(flags);
        checkpoints.with(name, checkpoint -> Call.number(SnapshotFunctions.DOMAIN_CHECKPOINT_DELETE, checkpoint, bits));
    }

    /**
     * Begins a backup job: to files (push) or by an NBD server that the backup program reads from (pull). It ends with {@link
     * DomainJobs#abort} (pull) or {@link DomainEvent.JobCompleted} (push).
     */
    public void beginBackup(String backupXml, BackupFlag... flags) {
        begin(backupXml, null, Flag.union(flags));
    }

    /** As {@link #beginBackup(String, BackupFlag...)}, with a checkpoint of the same instant. */
    public void beginBackup(String backupXml, String checkpointXml, BackupFlag... flags) {
        begin(backupXml, checkpointXml, Flag.union(flags));
    }

    private void begin(String backupXml, @Nullable String checkpointXml, int bits) {
        domain.use(Arenas.each((pointer, arena) -> Call.number(
                SnapshotFunctions.DOMAIN_BACKUP_BEGIN,
                pointer,
                Text.toC(arena, backupXml),
                checkpointXml == null ? MemorySegment.NULL : Text.toC(arena, checkpointXml),
                bits)));
    }

    /** The backup under way, in XML; fails with {@code NO_DOMAIN_BACKUP} when there is none. */
    public String backupXml() {
        return domain.use(pointer -> Call.text(SnapshotFunctions.DOMAIN_BACKUP_GET_XML_DESC, pointer, 0));
    }
}
