package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.identity.CertificateRenewal;
import org.bellwether.protocol.CertificateRequest;
import org.bellwether.protocol.IdentityAgentGrpc;
import org.bellwether.protocol.InstallCertificateRequest;
import org.bellwether.protocol.RequestCertificateRequest;
import org.bellwether.protocol.TrustAuthoritiesRequest;

/** The engine's calls about this host's certificate. */
final class IdentityService extends IdentityAgentGrpc.IdentityAgentImplBase {
    private final CertificateRenewal renewal;

    IdentityService(CertificateRenewal renewal) {
        this.renewal = renewal;
    }

    @Override
    public void requestCertificate(RequestCertificateRequest request, StreamObserver<CertificateRequest> caller) {
        Answers.answer(caller, "ask for a certificate", renewal::request);
    }

    @Override
    public void installCertificate(InstallCertificateRequest request, StreamObserver<CertificateRequest> caller) {
        Answers.answer(caller, "take a certificate into use", () -> renewal.install(request.getCertificate()));
    }

    @Override
    public void trustAuthorities(TrustAuthoritiesRequest request, StreamObserver<CertificateRequest> caller) {
        Answers.answer(caller, "trust authorities", () -> renewal.trust(request.getAuthorities()));
    }
}
