package org.bellwether.agent.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CopyImageRequest.Scope;
import org.bellwether.protocol.CreateVolumeRequest;
import org.jspecify.annotations.Nullable;

/** Which volumes a copy makes of which, base first. */
final class CopyPlan {
    private final VolumeFiles files;
    private final Volumes volumes;

    CopyPlan(VolumeFiles files, Volumes volumes) {
        this.files = files;
        this.volumes = volumes;
    }

    /**
     * One volume to be copied.
     *
     * @param parent what the copy stands on, in its own directory; null: nothing, so it gets all that is seen
     */
    record Layer(
            VolumePlace from,
            VolumeMetadata text,
            VolumePlace to,
            VolumeMetadata wanted,
            @Nullable String parent,
            VolumeMetadata.@Nullable Format parentFormat) {}

    /** Whether the copy comes to lie beside what it is made of. */
    static boolean within(CopyImageRequest request) {
        return request.getSource().getDomainId().equals(request.getDestination().getDomainId())
                && request.getSource()
                        .getImageId()
                        .equals(request.getDestination().getImageId());
    }

    /** Refuses what cannot be meant. */
    static void check(CopyImageRequest request) {
        boolean sameVolume = request.getSource().equals(request.getDestination());
        boolean sameDomain = request.getSource()
                .getDomainId()
                .equals(request.getDestination().getDomainId());
        boolean sameIds =
                request.getSource().getImageId().equals(request.getDestination().getImageId())
                        && request.getSource()
                                .getVolumeId()
                                .equals(request.getDestination().getVolumeId());
        boolean fits = switch (request.getScope()) {
            case COLLAPSED -> !sameVolume;
            case TOP_ONLY -> within(request) && !sameVolume;
            case CHAIN, CHAIN_BELOW_TOP -> !sameDomain && sameIds;
            case UNRECOGNIZED -> false;
        };
        if (!fits) {
            throw Refusal.badRequest("Image " + request.getSource().getImageId() + " cannot be copied so ("
                    + request.getScope() + "): source and destination do not fit");
        }
    }

    List<Layer> layers(CopyImageRequest request, CopyImage.Side source, CopyImage.Side target) throws IOException {
        VolumePlace from = source.domain().volume(request.getSource());
        VolumePlace to = target.domain().volume(request.getDestination());
        return switch (request.getScope()) {
            case COLLAPSED, UNRECOGNIZED -> List.of(one(request, target, from, to, false));
            case TOP_ONLY -> List.of(one(request, target, from, to, true));
            case CHAIN, CHAIN_BELOW_TOP -> chain(request, target, from, to);
        };
    }

    private Layer one(CopyImageRequest request, CopyImage.Side target, VolumePlace from, VolumePlace to, boolean keep)
            throws IOException {
        VolumeMetadata text = files.require(from);
        Optional<VolumeMetadata> below = keep && text.hasParent()
                ? Optional.of(files.require(new VolumePlace(from.image(), text.parent())))
                : Optional.empty();
        VolumeMetadata fresh = volumes.wanted(
                target.domain(),
                CreateVolumeRequest.newBuilder()
                        .setVolume(request.getDestination())
                        .setFormat(request.getFormat())
                        .setPreallocated(request.getPreallocated())
                        .setCapacityBytes(text.capacity())
                        .setDescription(request.getDescription())
                        .setDiskType(text.diskType())
                        .build());
        VolumeMetadata wanted = request.getTemplate() ? fresh.withRole(VolumeMetadata.Role.SHARED) : fresh;
        if (below.isEmpty()) {
            return new Layer(from, text, to, wanted, null, null);
        }
        return new Layer(
                from,
                text,
                to,
                wanted.onParent(text.parent()),
                text.parent(),
                below.get().format());
    }

    /** The image's own volumes; what its lowest one takes from a template comes along in it. */
    private List<Layer> chain(CopyImageRequest request, CopyImage.Side target, VolumePlace top, VolumePlace to)
            throws IOException {
        List<Layer> layers = new ArrayList<>();
        List<String> ids = own(top);
        Map<String, VolumeMetadata> texts = files.all(top.image());
        @Nullable String parent = null;
        VolumeMetadata.@Nullable Format parentFormat = null;
        for (String id : ids) {
            if (id.equals(top.id()) && request.getScope() == Scope.CHAIN_BELOW_TOP) {
                break;
            }
            VolumeMetadata text = texts.get(id);
            if (text == null) {
                throw Refusal.notFound("There is no volume " + id + " in image " + top.imageId());
            }
            boolean highest =
                    request.getScope() == Scope.CHAIN ? id.equals(top.id()) : id.equals(ids.get(ids.size() - 2));
            VolumeMetadata wanted = text.on(target.domain().id())
                    .onParent(parent == null ? VolumeMetadata.NO_PARENT : parent)
                    .withRole(
                            !highest
                                    ? VolumeMetadata.Role.INTERNAL
                                    : request.getTemplate() ? VolumeMetadata.Role.SHARED : VolumeMetadata.Role.LEAF);
            layers.add(new Layer(
                    new VolumePlace(top.image(), id),
                    text,
                    new VolumePlace(to.image(), id),
                    wanted,
                    parent,
                    parentFormat));
            parent = id;
            parentFormat = text.format();
        }
        return layers;
    }

    /** Base first, without a template's. */
    private List<String> own(VolumePlace top) throws IOException {
        Map<String, VolumeMetadata> texts = files.all(top.image());
        List<String> ids = new ArrayList<>();
        String id = top.id();
        VolumeMetadata text = texts.get(id);
        while (text != null && text.image().equals(top.imageId()) && !ids.contains(id)) {
            ids.add(id);
            id = text.parent();
            text = texts.get(id);
        }
        Collections.reverse(ids);
        return ids;
    }

    /** The volumes that are legal only when the whole copy was complete. */
    List<VolumePlace> last(CopyImageRequest request, CopyImage.Side target) throws IOException {
        VolumePlace destination = target.domain().volume(request.getDestination());
        if (request.getScope() != Scope.CHAIN_BELOW_TOP) {
            return List.of(destination);
        }
        List<VolumePlace> last = new ArrayList<>();
        for (Map.Entry<String, VolumeMetadata> entry :
                files.all(destination.image()).entrySet()) {
            if (entry.getValue().role() == VolumeMetadata.Role.LEAF) {
                last.add(new VolumePlace(destination.image(), entry.getKey()));
            }
        }
        return last;
    }
}
