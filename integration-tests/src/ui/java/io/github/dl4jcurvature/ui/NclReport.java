/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.function.Consumer;

import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.ncl.NclDiagnosticsListener;
import org.deeplearning4j.nn.api.Model;

/** Penalty of natural continual learning. */
final class NclReport extends NetworkReport {
    private final NclDiagnosticsListener diagnostics;

    NclReport(int frequency, Consumer<Measurement> measurements) {
        super(frequency, measurements);
        diagnostics = new NclDiagnosticsListener(
                frequency, report -> put(Chart.PENALTY, "penalty", report.iteration(), report.penalty()));
    }

    @Override
    void iterationDone(Model model, int iteration, int epoch) {
        if (isTrainedBy(Ncl.class, model)) {
            diagnostics.iterationDone(model, iteration, epoch);
        }
    }
}
