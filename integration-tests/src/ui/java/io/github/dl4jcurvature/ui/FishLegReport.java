/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.List;
import java.util.function.Consumer;

import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.fishleg.FishLegMetrics;
import org.deeplearning4j.nn.api.Model;

/** Auxiliary loss and residual of FishLeg. */
final class FishLegReport extends NetworkReport {
    private final FishLegMetrics metrics;

    FishLegReport(int frequency, Consumer<Measurement> measurements) {
        super(frequency, measurements);
        metrics = new FishLegMetrics(frequency);
    }

    @Override
    void onGradientCalculation(Model model) {
        if (isTrainedBy(FishLeg.class, model)) {
            metrics.onGradientCalculation(model);
        }
    }

    @Override
    void iterationDone(Model model, int iteration, int epoch) {
        if (!isDue(iteration) || !isTrainedBy(FishLeg.class, model)) {
            return;
        }
        metrics.iterationDone(model, iteration, epoch);
        List<FishLegMetrics.Entry> entries = metrics.entries();
        FishLegMetrics.Entry last = entries.get(entries.size() - 1);
        put(Chart.AUXILIARY_LOSS, "loss", iteration, last.auxiliaryLoss());
        put(Chart.AUXILIARY_RESIDUAL, "residual", iteration, last.relativeResidual());
    }
}
