package org.bellwether.engine.platform.http;

import java.util.List;
import java.util.stream.Stream;
import org.bellwether.api.Struct;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.Job;

/** What a handler answers. Formats, hrefs, links and statuses are added where it leaves. */
public sealed interface Reply {
    /** One object, of a {@code get} or an {@code update}. */
    record One(Struct object) implements Reply {}

    /** Several objects of the route's type, of a {@code list}. */
    record Many(List<? extends Struct> objects) implements Reply {}

    /**
     * A new object, of an {@code add}.
     *
     * @param finished whether it is all there; if not, a job goes on making it
     */
    record Created(Struct object, boolean finished) implements Reply {}

    /** The outcome of an action or a {@code remove}: its status, its job and its outputs in the action's own attributes. */
    record Done(Action outcome) implements Reply {}

    /** A document that is not of the API's types, such as the file that opens a console. */
    record Raw(String contentType, WebReply.Content content) implements Reply {}

    static Reply of(Struct object) {
        return new One(object);
    }

    static Reply list(List<? extends Struct> objects) {
        return new Many(objects);
    }

    static Reply list(Stream<? extends Struct> objects) {
        return new Many(objects.toList());
    }

    /** 201: the object is there. */
    static Reply created(Struct object) {
        return new Created(object, true);
    }

    /** 202: the object is there, and a job goes on completing it. */
    static Reply accepted(Struct object) {
        return new Created(object, false);
    }

    /** The action is over and there is nothing more to say. */
    static Reply done() {
        return new Done(Action.builder().status("complete").build());
    }

    /** The action is over; its outputs are in the given action. */
    static Reply done(Action outputs) {
        return new Done(
                outputs.status() == null
                        ? outputs.toBuilder().status("complete").build()
                        : outputs);
    }

    /** The action or removal is under way as a job. Clients of this API take it for done and watch the object. */
    static Reply started(String job) {
        return new Done(Action.builder()
                .status("complete")
                .job(Job.builder().id(job).build())
                .build());
    }

    static Reply raw(String contentType, byte[] content) {
        return new Raw(contentType, out -> out.write(content));
    }
}
