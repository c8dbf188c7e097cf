/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.List;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The contract holds for an updater of the host with one state array. */
class NesterovsContractTest extends UpdaterContract {
    @Override
    protected IUpdater updater() {
        return new Nesterovs(0.05, 0.8);
    }

    @Override
    protected Iterable<IUpdater> variants() {
        return List.of(
                new Nesterovs(0.06, 0.8),
                new Nesterovs(0.05, 0.7),
                Nesterovs.builder()
                        .learningRate(0.05)
                        .learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9))
                        .momentum(0.8)
                        .build());
    }
}
