package org.bellwether.libvirt;

import java.util.List;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.flags.SnapshotCreateFlag;
import org.bellwether.libvirt.flags.SnapshotDeleteFlag;
import org.bellwether.libvirt.flags.SnapshotListFlag;
import org.bellwether.libvirt.flags.SnapshotRevertFlag;
import org.bellwether.libvirt.flags.XmlFlag;
import org.bellwether.libvirt.foreign.SnapshotFunctions;
import org.bellwether.libvirt.foreign.Text;

/** A domain's snapshots, by name. */
public final class DomainSnapshots {
    private final NamedChildren snapshots;

    DomainSnapshots(Handle domain) {
        snapshots = new NamedChildren(
                domain,
                SnapshotFunctions.DOMAIN_SNAPSHOT_LOOKUP_BY_NAME,
                SnapshotFunctions.DOMAIN_SNAPSHOT_GET_NAME,
                SnapshotFunctions.DOMAIN_SNAPSHOT_FREE);
    }

    /** Makes the snapshot that the XML describes and answers its name; with {@code NO_METADATA} libvirt forgets it at once. */
    public String create(String xml, SnapshotCreateFlag... flags) {
        int bits = Flag.union(flags);
        return snapshots.make((domain, arena) ->
                Call.pointer(SnapshotFunctions.DOMAIN_SNAPSHOT_CREATE_XML, domain, Text.toC(arena, xml), bits));
    }

    public List<String> names(SnapshotListFlag... flags) {
        return snapshots.names(SnapshotFunctions.DOMAIN_LIST_ALL_SNAPSHOTS, Flag.union(flags));
    }

    public String xml(String name, XmlFlag... flags) {
        int bits = Flag.union(flags);
        return snapshots.with(
                name, snapshot -> Call.text(SnapshotFunctions.DOMAIN_SNAPSHOT_GET_XML_DESC, snapshot, bits));
    }

    public void delete(String name, SnapshotDeleteFlag... flags) {
        int bits = Flag.union(flags);
        snapshots.with(name, snapshot -> Call.number(SnapshotFunctions.DOMAIN_SNAPSHOT_DELETE, snapshot, bits));
    }

    /** Takes the domain back to how it was. */
    public void revert(String name, SnapshotRevertFlag... flags) {
        int bits = Flag.union(flags);
        snapshots.with(name, snapshot -> Call.number(SnapshotFunctions.DOMAIN_REVERT_TO_SNAPSHOT, snapshot, bits));
    }
}
