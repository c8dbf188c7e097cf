/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.dl4jcurvature.ncl.KroneckerSum;
import io.github.dl4jcurvature.ncl.LearningStrategy;
import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.ncl.NclBuilder;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** The learners that are compared. Stability is listed from the least to the most. */
public enum ContinualMethod {
    /** Natural continual learning; stability is N. */
    NCL(Family.SIZE),
    /** The same without the pull to the mean; stability is N. */
    PROJECTION(Family.SIZE),
    /** Laplace approximation with Kronecker factors, Adam's steps; stability is the weight of the prior. */
    KFAC(Family.WEIGHT),
    /** Orthogonal weight modification; stability is one over the damping. */
    OWM(Family.DAMPING),
    /** Projections on both sides; stability is one over the damping. */
    DOWM(Family.DAMPING),
    /** Elastic weight consolidation, Adam's steps; stability is the weight of the prior. */
    EWC(Family.WEIGHT),
    /** Gradient descent with momentum. */
    SGD(Family.NONE),
    /** Adam. */
    ADAM(Family.NONE),
    /** Adam on all tasks at once. */
    JOINT(Family.NONE);

    private enum Family {
        SIZE(100.0, 1000.0, 10_000.0),
        WEIGHT(1.0, 100.0, 10_000.0),
        DAMPING(10.0, 100.0, 1000.0),
        NONE(0.0);

        @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
        private final List<Double> stabilities;

        Family(Double... stabilities) {
            this.stabilities = List.of(stabilities);
        }
    }

    private final Family family;

    ContinualMethod(Family family) {
        this.family = family;
    }

    /** Name of the learner in figures. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether steps are scaled by Adam, whose rates are smaller. */
    boolean isAdaptive() {
        return this == KFAC || this == EWC || this == ADAM || this == JOINT;
    }

    LearningStrategy strategy() {
        return this == JOINT ? LearningStrategy.JOINT : LearningStrategy.SEQUENTIAL;
    }

    /** All combinations of the given rates with the stabilities of the learner, the least stable first. */
    List<ContinualSetting> grid(List<Double> rates, List<Double> adaptiveRates) {
        List<ContinualSetting> grid = new ArrayList<>();
        for (double stability : family.stabilities) {
            for (double rate : isAdaptive() ? adaptiveRates : rates) {
                grid.add(new ContinualSetting(rate, stability));
            }
        }
        return grid;
    }

    /** The updater with a setting; sums of Kronecker products as the benchmark wants them. */
    IUpdater updater(ContinualSetting setting, KroneckerSum sum, int fisherExamples) {
        NclBuilder builder =
                Ncl.builder().learningRate(setting.rate()).kroneckerSum(sum).fisherExamples(fisherExamples);
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
            case ADAM, JOINT -> new Adam(setting.rate());
        };
    }
}
