package org.bellwether.agent;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.ChangeCdRequest;
import org.bellwether.protocol.ConsoleData;
import org.bellwether.protocol.ConsoleRequest;
import org.bellwether.protocol.ForgetMachineReply;
import org.bellwether.protocol.GrowMachineRequest;
import org.bellwether.protocol.KeptState;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MirrorDiskRequest;
import org.bellwether.protocol.MirrorState;
import org.bellwether.protocol.Picture;
import org.bellwether.protocol.PlugDiskRequest;
import org.bellwether.protocol.PrepareIncomingReply;
import org.bellwether.protocol.PrepareIncomingRequest;
import org.bellwether.protocol.RebootMachineRequest;
import org.bellwether.protocol.SaveMachineRequest;
import org.bellwether.protocol.SetNicRequest;
import org.bellwether.protocol.StartMachineRequest;

/** Machines, and the disks of those that run. */
final class MachineService extends AgentGrpc.AgentImplBase {
    private final VirtualMachines machines;

    MachineService(VirtualMachines machines) {
        this.machines = machines;
    }

    @Override
    public void startMachine(StartMachineRequest request, StreamObserver<MachineState> caller) {
        Answers.answer(caller, "start machine " + request.getDefinition().getName(), () -> machines.start(request));
    }

    @Override
    public void shutdownMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "shut down", request.getMachineId(), () -> machines.shutdown(request.getMachineId()));
    }

    @Override
    public void stopMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "stop",
                request.getMachineId(),
                () -> machines.stop(request.getMachineId(), request.getAtOnce()));
    }

    @Override
    public void rebootMachine(RebootMachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "reboot",
                request.getMachineId(),
                () -> machines.reboot(request.getMachineId(), request.getForce()));
    }

    @Override
    public void pauseMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "pause", request.getMachineId(), () -> machines.pause(request.getMachineId()));
    }

    @Override
    public void resumeMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "resume", request.getMachineId(), () -> machines.resume(request.getMachineId()));
    }

    @Override
    public void readKept(MachineRequest request, StreamObserver<KeptState> caller) {
        Answers.answer(
                caller,
                "read what is kept of machine " + request.getMachineId(),
                () -> machines.kept(request.getMachineId()));
    }

    @Override
    public void forgetMachine(MachineRequest request, StreamObserver<ForgetMachineReply> caller) {
        Answers.answer(caller, "forget machine " + request.getMachineId(), () -> {
            machines.forget(request.getMachineId());
            return ForgetMachineReply.getDefaultInstance();
        });
    }

    @Override
    public void prepareIncoming(PrepareIncomingRequest request, StreamObserver<PrepareIncomingReply> caller) {
        Answers.answer(
                caller,
                "prepare for machine " + request.getDefinition().getName(),
                () -> machines.prepareIncoming(request.getDefinition()));
    }

    @Override
    public void migrateMachine(MigrateMachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "migrate", request.getMachineId(), () -> machines.migrate(request));
    }

    @Override
    public void cancelMigration(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "cancel the migration of",
                request.getMachineId(),
                () -> machines.cancelMigration(request.getMachineId()));
    }

    @Override
    public void saveMachine(SaveMachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "save", request.getMachineId(), () -> machines.save(request));
    }

    @Override
    public void freezeFilesystems(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "freeze the file systems of",
                request.getMachineId(),
                () -> machines.freeze(request.getMachineId()));
    }

    @Override
    public void thawFilesystems(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "thaw the file systems of",
                request.getMachineId(),
                () -> machines.thaw(request.getMachineId()));
    }

    @Override
    public void setNic(SetNicRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "change a network interface of", request.getMachineId(), () -> machines.setNic(request));
    }

    @Override
    public void changeCd(ChangeCdRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "change the CD of", request.getMachineId(), () -> machines.changeCd(request));
    }

    @Override
    public void growMachine(GrowMachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "grow", request.getMachineId(), () -> machines.grow(request));
    }

    @Override
    public StreamObserver<ConsoleRequest> openConsole(StreamObserver<ConsoleData> caller) {
        return machines.console(
                (ServerCallStreamObserver<ConsoleData>) caller, failure -> Answers.status(failure, "open a console"));
    }

    @Override
    public void takeScreenshot(MachineRequest request, StreamObserver<Picture> caller) {
        Answers.answer(
                caller,
                "take a picture of the screen of machine " + request.getMachineId(),
                () -> machines.screenshot(request.getMachineId()));
    }

    @Override
    public void plugDisk(PlugDiskRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "plug a disk into", request.getMachineId(), () -> machines.plugDisk(request));
    }

    @Override
    public void unplugDisk(MachineDiskRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "unplug a disk of", request.getMachineId(), () -> machines.unplugDisk(request));
    }

    @Override
    public void mirrorDisk(MirrorDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(caller, "mirror disk " + request.getDiskId(), () -> machines.mirrorDisk(request));
    }

    @Override
    public void inspectMirror(MachineDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(caller, "look at disk " + request.getDiskId(), () -> machines.inspectMirror(request));
    }

    @Override
    public void switchMirror(MachineDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(
                caller, "switch the mirror of disk " + request.getDiskId(), () -> machines.switchMirror(request));
    }

    @Override
    public void cancelMirror(MachineDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(
                caller, "cancel the mirror of disk " + request.getDiskId(), () -> machines.cancelMirror(request));
    }

    private static void machine(
            StreamObserver<MachineState> caller, String verb, String id, Callable<MachineState> action) {
        Answers.answer(caller, verb + " machine " + id, action);
    }
}
