/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.function.Consumer;

import io.github.dl4jcurvature.gplvm.SparseGpOutputLayer;
import org.deeplearning4j.nn.api.Model;

/** Evidence lower bound of a latent variable model: the score with the other sign. */
final class EvidenceReport extends NetworkReport {
    EvidenceReport(int frequency, Consumer<Measurement> measurements) {
        super(frequency, measurements);
    }

    @Override
    void iterationDone(Model model, int iteration, int epoch) {
        if (isDue(iteration)
                && layers(model).anyMatch(layer -> layer.conf().getLayer() instanceof SparseGpOutputLayer)) {
            put(Chart.EVIDENCE, "ELBO", iteration, -model.score());
        }
    }
}
