/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.function.Consumer;

import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.GaussNewtonListener;
import io.github.dl4jcurvature.gn.StepReport;
import org.deeplearning4j.nn.api.Model;

/** Kept rank of every block of a reversible network. */
final class GaussNewtonReport extends NetworkReport {
    private final GaussNewtonListener listener = new GaussNewtonListener(this::accept);

    GaussNewtonReport(int frequency, Consumer<Measurement> measurements) {
        super(frequency, measurements);
    }

    private void accept(StepReport report) {
        if (isDue(report.iteration())) {
            for (int block = 0; block < report.blocks().size(); block++) {
                put(
                        Chart.KEPT_RANK,
                        "block " + block,
                        report.iteration(),
                        report.blocks().get(block).rank());
            }
        }
    }

    @Override
    void onBackwardPass(Model model) {
        if (isTrainedBy(GaussNewton.class, model)) {
            listener.onBackwardPass(model);
        }
    }

    @Override
    void onGradientCalculation(Model model) {
        if (isTrainedBy(GaussNewton.class, model)) {
            listener.onGradientCalculation(model);
        }
    }

    @Override
    void iterationDone(Model model, int iteration, int epoch) {
        if (isTrainedBy(GaussNewton.class, model)) {
            listener.iterationDone(model, iteration, epoch);
        }
    }
}
