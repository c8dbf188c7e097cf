/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.List;

import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The contract holds for an updater of the host with two state arrays. */
class AdamContractTest extends UpdaterContract {
    @Override
    protected IUpdater updater() {
        return new Adam(0.02, 0.8, 0.95, 1e-6);
    }

    @Override
    protected Iterable<IUpdater> variants() {
        return List.of(
                new Adam(0.03, 0.8, 0.95, 1e-6),
                new Adam(0.02, 0.7, 0.95, 1e-6),
                new Adam(0.02, 0.8, 0.90, 1e-6),
                new Adam(0.02, 0.8, 0.95, 1e-5),
                Adam.builder()
                        .learningRate(0.02)
                        .learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9))
                        .beta1(0.8)
                        .beta2(0.95)
                        .epsilon(1e-6)
                        .build());
    }
}
