/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.testkit.UpdaterContract;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Ncl keeps the host's contract, and consolidates on its way, so that all of its state is in use. */
class NclContractTest extends UpdaterContract {
    private static NclBuilder nonDefault() {
        return Ncl.builder()
                .learningRate(0.04)
                .rateDecayPerTask(0.1)
                .momentum(0.8)
                .dataSize(40)
                .priorWeight(0.9)
                .priorPrecision(1.5)
                .damping(2e-3)
                .kroneckerSum(KroneckerSum.ADDITIVE)
                .fisherLabels(FisherLabels.SAMPLED)
                .fisherExamples(100)
                .forgetting(0.99)
                .consolidateEvery(7)
                .maxDimension(100)
                .seed(7);
    }

    @Override
    protected IUpdater updater() {
        return nonDefault().build();
    }

    @Override
    protected Iterable<IUpdater> variants() {
        List<UnaryOperator<NclBuilder>> changes = List.of(
                b -> b.learningRate(0.06),
                b -> b.learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, 0.05, 0.99)),
                b -> b.rateDecayPerTask(0.2),
                b -> b.momentum(0.7),
                b -> b.dataSize(50),
                b -> b.method(Ncl.Method.KFAC),
                b -> b.method(Ncl.Method.EWC),
                b -> b.method(Ncl.Method.KFAC).step(Ncl.Step.ADAM),
                b -> b.method(Ncl.Method.PROJECTION).priorWeight(0),
                b -> b.method(Ncl.Method.OWM).priorWeight(0),
                b -> b.method(Ncl.Method.DOWM).priorWeight(0),
                b -> b.method(Ncl.Method.SGD).priorWeight(0),
                b -> b.priorWeight(0.8),
                b -> b.priorPrecision(2),
                b -> b.damping(1e-2),
                b -> b.absoluteDamping(2e-3),
                b -> b.kroneckerSum(KroneckerSum.FROBENIUS),
                b -> b.fisherLabels(null),
                b -> b.fisherExamples(0),
                b -> b.forgetting(0.5),
                b -> b.resetMomentum(false),
                b -> b.referenceTimeNormalisation(true),
                b -> b.fallback(Ncl.Fallback.IDENTITY),
                b -> b.maxDimension(5),
                b -> b.consolidateEvery(5),
                b -> b.seed(8));
        List<IUpdater> variants = new ArrayList<>();
        changes.forEach(change -> variants.add(change.apply(nonDefault()).build()));
        return variants;
    }

    @Override
    protected void prepare(Model model) {
        model.addListeners(new CurvatureListener());
    }
}
