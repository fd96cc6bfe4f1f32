package org.bellwether.agent.vm;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.jspecify.annotations.Nullable;

/**
 * What the agent knows of one machine: the note that survives it, and the state last read from libvirt. Everything here
 * is read and changed under {@link #lock}, which is also held while libvirt is asked, so that an older answer never
 * replaces a newer one.
 */
final class Machine {
    final String id;
    final ReentrantLock lock = new ReentrantLock();
    /** An observation is asked for and has not begun: one is enough for any number of events. */
    final AtomicBoolean observationAsked = new AtomicBoolean();

    /** QEMU has said that a signal ends it; written down with the next observation. */
    volatile boolean endedFromOutside;

    MachineNote note;
    MachineState state;

    @Nullable
    DomainView view;

    @Nullable
    GuestData guest;

    Machine(String id, MachineNote note) {
        this.id = id;
        this.note = note;
        this.state = MachineState.newBuilder().setMachineId(id).build();
    }

    String name() {
        return state.getName().isEmpty() ? note.getName() : state.getName();
    }

    /** For sentences. */
    String called() {
        String name = name();
        return name.isEmpty() ? "Machine " + id : "Machine " + name;
    }
}
