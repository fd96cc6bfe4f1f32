package org.bellwether.lab;

/** A program that makes a lab with a host and then waits to be killed; see {@link LabTest}. */
final class LabOwner {
    private LabOwner() {}

    public static void main(String[] arguments) throws InterruptedException {
        Lab lab = Lab.forTest();
        LabHost host = lab.host(1);
        host.powerOn();
        host.startLibvirt();
        System.out.println(lab.network().bridge() + " " + lab.directory());
        Thread.sleep(Long.MAX_VALUE);
    }
}
