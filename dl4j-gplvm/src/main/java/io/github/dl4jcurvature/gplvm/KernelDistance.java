/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Distances one might put into a kernel. */
public enum KernelDistance {
    /** The straight line through the embedding. */
    CHORDAL,
    /** Along the manifold; refused, since the kernel would not be positive semidefinite. */
    GEODESIC;

    void requirePositiveSemidefinite() {
        if (this == GEODESIC) {
            throw new IllegalArgumentException(
                    "distance is GEODESIC, but a squared exponential of the geodesic distance is no covariance on a closed manifold"
                            + " (60 points on a circle give an eigenvalue of -1.08 at length scale 2); use CHORDAL");
        }
    }
}
