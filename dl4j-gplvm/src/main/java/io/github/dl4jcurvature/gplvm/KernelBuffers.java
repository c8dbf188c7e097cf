/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Rows of numbers for as many points as a kernel sees at once, so that evaluations allocate none of their own. */
final class KernelBuffers {
    final double[] distances;
    final double[] weights;
    final double[] inner;

    KernelBuffers(int points) {
        distances = new double[points];
        weights = new double[points];
        inner = new double[points];
    }
}
