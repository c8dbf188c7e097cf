/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

/** A layer with a loss, whose errors a pass can choose. */
interface LossCapture extends LayerCapture {

    /** The instrumented loss. */
    CapturingLoss loss();

    /** The predictive distribution, or an IllegalArgumentException that names the pair. */
    OutputDistribution distribution(String layer);
}
