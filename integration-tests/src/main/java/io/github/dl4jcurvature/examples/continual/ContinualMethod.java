/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.dl4jcurvature.ncl.LearningStrategy;
import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.ncl.NclBuilder;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** The learners that are compared. Stability is listed from the least to the most. */
public enum ContinualMethod {
    /** Natural continual learning; stability is N. */
    NCL(StabilityKind.SIZE),
    /** The same without the pull to the mean; stability is N. */
    PROJECTION(StabilityKind.SIZE),
    /** Laplace approximation with Kronecker factors, Adam's steps; stability is the weight of the prior. */
    KFAC(StabilityKind.WEIGHT),
    /** Orthogonal weight modification; stability is one over the damping. */
    OWM(StabilityKind.DAMPING),
    /** Projections on both sides; stability is one over the damping. */
    DOWM(StabilityKind.DAMPING),
    /** Elastic weight consolidation, Adam's steps; stability is the weight of the prior. */
    EWC(StabilityKind.WEIGHT),
    /** Gradient descent with momentum. */
    SGD(StabilityKind.NONE),
    /** Adam. */
    ADAM(StabilityKind.NONE),
    /** Adam on all tasks at once. */
    JOINT(StabilityKind.NONE),
    /** Adam with some stored examples of earlier tasks; compared only where nothing else remembers. */
    REPLAY(StabilityKind.NONE);

    /** The learners that keep no data, and the bound that keeps all. */
    public static final List<ContinualMethod> WITHOUT_DATA =
            List.of(NCL, PROJECTION, KFAC, OWM, DOWM, EWC, SGD, ADAM, JOINT);

    private final StabilityKind kind;

    ContinualMethod(StabilityKind kind) {
        this.kind = kind;
    }

    /** Name of the learner in figures. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether steps are scaled by Adam, whose rates are smaller. */
    boolean isAdaptive() {
        return this == KFAC || this == EWC || this == ADAM || this == JOINT || this == REPLAY;
    }

    LearningStrategy strategy() {
        return switch (this) {
            case JOINT -> LearningStrategy.JOINT;
            case REPLAY -> LearningStrategy.REPLAY;
            default -> LearningStrategy.SEQUENTIAL;
        };
    }

    /** All combinations of the benchmark's rates with the stabilities of the learner, the least stable first. */
    List<ContinualSetting> grid(ContinualBenchmark benchmark) {
        List<ContinualSetting> grid = new ArrayList<>();
        for (double stability : benchmark.stabilities(kind)) {
            for (double rate : isAdaptive() ? benchmark.adaptiveRates() : benchmark.rates()) {
                grid.add(new ContinualSetting(rate, stability));
            }
        }
        return grid;
    }

    /** The updater with a setting; schedule and sums of Kronecker products as the benchmark wants them. */
    IUpdater updater(ContinualSetting setting, ContinualBenchmark benchmark) {
        ISchedule schedule = benchmark.schedule(setting.rate());
        NclBuilder builder = Ncl.builder()
                .learningRate(setting.rate())
                .learningRateSchedule(schedule)
                .kroneckerSum(benchmark.kroneckerSum())
                .fisherExamples(benchmark.fisherExamples());
        return switch (this) {
            case NCL -> builder.dataSize(setting.stability()).build();
            case PROJECTION ->
                builder.method(Ncl.Method.PROJECTION)
                        .dataSize(setting.stability())
                        .build();
            case KFAC ->
                builder.method(Ncl.Method.KFAC)
                        .step(Ncl.Step.ADAM)
                        .priorWeight(setting.stability())
                        .build();
            case EWC ->
                builder.method(Ncl.Method.EWC)
                        .step(Ncl.Step.ADAM)
                        .priorWeight(setting.stability())
                        .build();
            case OWM ->
                builder.method(Ncl.Method.OWM)
                        .absoluteDamping(1 / setting.stability())
                        .build();
            case DOWM ->
                builder.method(Ncl.Method.DOWM)
                        .absoluteDamping(1 / setting.stability())
                        .build();
            case SGD -> builder.method(Ncl.Method.SGD).build();
            case ADAM, JOINT, REPLAY -> schedule == null ? new Adam(setting.rate()) : new Adam(schedule);
        };
    }
}
