/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.testkit.UpdaterContract;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** FishLeg in its default form honours the host's contract. */
class FishLegContractTest extends UpdaterContract {
    static FishLegBuilder nonDefault() {
        return FishLeg.builder()
                .learningRate(0.05)
                .auxiliaryLearningRate(2e-3)
                .damping(0.2)
                .momentum(0.8)
                .weightDecay(1e-4)
                .startAsSgd(0.02)
                .updateEvery(3)
                .auxiliaryBatchSize(6)
                .stepBound(2)
                .seed(7);
    }

    @Override
    protected IUpdater updater() {
        return nonDefault().build();
    }

    @Override
    protected Iterable<IUpdater> variants() {
        ExponentialSchedule schedule = new ExponentialSchedule(ScheduleType.ITERATION, 0.05, 0.99);
        List<UnaryOperator<FishLegBuilder>> changes = List.of(
                b -> b.learningRate(0.06),
                b -> b.learningRateSchedule(schedule),
                b -> b.auxiliaryLearningRate(1e-3),
                b -> b.auxiliaryLearningRateSchedule(schedule),
                b -> b.damping(0.3),
                b -> b.dampingSchedule(schedule),
                b -> b.momentum(0.7),
                b -> b.weightDecay(0),
                b -> b.form(FishLeg.Form.SCALED_KRONECKER),
                b -> b.startAsSgd(0.03),
                b -> b.startAsInverseDamping(),
                b -> b.updateEvery(4),
                b -> b.auxiliarySteps(2),
                b -> b.auxiliaryBatchSize(7),
                b -> b.fisherMethod(FisherEstimator.Method.MONTE_CARLO),
                b -> b.differenceStep(1e-4),
                b -> b.preconditioned(false),
                b -> b.stepBound(3),
                b -> b.auxiliaryAdam(0.8, 0.999, 1e-8),
                b -> b.auxiliaryAdam(0.9, 0.99, 1e-8),
                b -> b.auxiliaryAdam(0.9, 0.999, 1e-7),
                b -> b.seed(8),
                b -> b.startAsInverseDiagonal(),
                b -> b.probe(FishLeg.Probe.GRADIENT_AVERAGE),
                b -> b.probe(FishLeg.Probe.GAUSSIAN),
                b -> b.pretrain(3),
                b -> b.separateGates(true),
                b -> b.maxDimension(5),
                b -> b.includeLayers("layer.*"),
                b -> b.excludeLayers("layer0"));
        List<IUpdater> variants = new ArrayList<>();
        changes.forEach(change -> variants.add(change.apply(nonDefault()).build()));
        return variants;
    }

    @Override
    protected void prepare(Model model) {
        model.addListeners(new CurvatureListener());
    }
}
