package org.bellwether.engine.template;

import java.util.List;
import org.bellwether.api.types.Cdrom;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.CpuProfile;
import org.bellwether.api.types.DiskAttachment;
import org.bellwether.api.types.File;
import org.bellwether.api.types.Icon;
import org.bellwether.api.types.TemplateStatus;
import org.bellwether.api.types.TemplateVersion;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;

/** Templates as the API shows them. */
final class TemplateDocuments {

    private final Disks disks;
    private final Operations operations;

    TemplateDocuments(Disks disks, Operations operations) {
        this.disks = disks;
        this.operations = operations;
    }

    org.bellwether.api.types.Template of(Template template) {
        var document = template.spec().toBuilder()
                .id(template.id().toString())
                .name(template.name())
                .status(status(template))
                .cdroms(null)
                .watchdogs(null)
                .initialization(FirstBootSettings.shown(template.spec().initialization()))
                .smallIcon(Icon.builder().id(Seeds.SMALL_ICON.toString()).build())
                .largeIcon(Icon.builder().id(Seeds.LARGE_ICON.toString()).build())
                .creationTime(template.created())
                .version(TemplateVersion.builder()
                        .versionName(TemplateSpecs.versionName(template.spec()))
                        .versionNumber((long) template.version())
                        .baseTemplate(org.bellwether.api.types.Template.builder()
                                .id(template.base().toString())
                                .build())
                        .build());
        if (template.cluster() != null) {
            document.cluster(Cluster.builder().id(template.cluster().toString()).build());
            if (template.spec().cpuProfile() == null) {
                document.cpuProfile(
                        CpuProfile.builder().id(Seeds.CPU_PROFILE.toString()).build());
            }
        }
        return document.build();
    }

    TemplateStatus status(Template template) {
        boolean busy = operations.holding(template.id()).isPresent();
        var states = disks.ofTemplate(template.id()).stream()
                .flatMap(attachment -> disks.model().find(attachment.disk()).stream())
                .map(Disk::state)
                .toList();
        if (states.contains(Disk.State.ILLEGAL)) {
            return TemplateStatus.ILLEGAL;
        }
        return busy || states.contains(Disk.State.LOCKED) ? TemplateStatus.LOCKED : TemplateStatus.OK;
    }

    /** The one CD drive that machines made from it have, with the CD that is in it from the beginning. */
    List<Cdrom> cdroms(Template template) {
        var cd = TemplateSpecs.cd(template.spec());
        var drive = Cdrom.builder()
                .id(TemplateSpecs.CD_DRIVE)
                .template(org.bellwether.api.types.Template.builder()
                        .id(template.id().toString())
                        .build());
        if (cd != null) {
            drive.file(File.builder()
                    .id(cd)
                    .name(disks.model().find(Id.of(cd)).map(Disk::name).orElse(null))
                    .build());
        }
        return List.of(drive.build());
    }

    DiskAttachment attachment(Template template, org.bellwether.engine.storage.DiskAttachment attachment) {
        return attachment.spec().toBuilder()
                .id(attachment.disk().toString())
                .active(attachment.active())
                .disk(org.bellwether.api.types.Disk.builder()
                        .id(attachment.disk().toString())
                        .build())
                .template(org.bellwether.api.types.Template.builder()
                        .id(template.id().toString())
                        .build())
                .build();
    }
}
